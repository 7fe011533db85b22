import { type Clock, Timer } from './timer.ts'

// Of the announced heartbeat. With hedging a black hole interrupts for 6.5 s at a heartbeat of 5 s, without for 12.5 s.
const suspectAfter = 1.3
/** Of the announced heartbeat: silent for this long, a stream is given up. */
export const idleAfter = 2.5

/** Judges a stream by its silence. */
export class Liveness {
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #onSuspect: () => void
  readonly #onIdle: () => void
  #interval = 0
  #heardAt = 0
  /** Silent for longer than announced. */
  suspect = false

  constructor(clock: Clock, onSuspect: () => void, onIdle: () => void) {
    this.#clock = clock
    this.#timer = new Timer(clock, () => this.#check())
    this.#onSuspect = onSuspect
    this.#onIdle = onIdle
  }

  /** Something is to be heard at least this often; 0 for never. */
  expect(interval: number): void {
    this.#interval = interval
    this.heard()
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
    this.suspect = false
    // Put off when it fires, not with each byte.
    if (!this.#timer.active) this.#arm(suspectAfter)
  }

  /** Also on evidence from elsewhere. */
  doubt(): void {
    if (this.suspect) return
    this.suspect = true
    this.#arm(idleAfter)
    this.#onSuspect()
  }

  stop(): void {
    this.#timer.clear()
  }

  #arm(factor: number): void {
    // At least 1 ms: a difference that rounding made must not be waited for again and again.
    if (this.#interval) this.#timer.set(Math.max(this.#heardAt + factor * this.#interval - this.#clock.now(), 1))
  }

  #check(): void {
    const silence = this.#clock.now() - this.#heardAt
    if (silence >= idleAfter * this.#interval) this.#onIdle()
    else if (this.suspect) this.#arm(idleAfter)
    else if (silence >= suspectAfter * this.#interval) this.doubt()
    else this.#arm(suspectAfter)
  }
}
