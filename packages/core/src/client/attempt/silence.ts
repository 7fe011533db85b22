import { type Clock, Timer } from '../../clock.ts'
import { lateAfter, longestLook } from '../constants.ts'

/** Who is told of a silence. */
export interface SilenceListener {
  /** The silence that is allowed, in milliseconds from what was heard last; Infinity for any, 0 for no watch at all. */
  allowed(): number
  /** It lasted longer. */
  onSilence(): void
  /** This process, or the machine, slept: a timer came so many milliseconds late. */
  onSlept(late: number): void
}

/**
 * Finds out that nothing was heard for too long.
 *
 * Its timer is not moved with each byte: it fires, looks at when something was heard last, and waits for the rest. It never
 * waits for long, since it also finds by its own lateness that the process was stopped or the machine asleep.
 */
export class Silence {
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #listener: SilenceListener
  #heardAt: number
  #dueAt = 0
  #isOver = false
  /** Wall time beyond the clock's, when the timer was set: a clock that stands still while the machine sleeps falls behind. */
  #ahead: number

  constructor(clock: Clock, listener: SilenceListener) {
    this.#clock = clock
    this.#listener = listener
    this.#heardAt = clock.now()
    this.#ahead = clock.wallTime() - this.#heardAt
    this.#timer = new Timer(clock, () => this.#fire())
  }

  /** How long nothing was heard, in milliseconds by the clock on the wall. */
  get duration(): number {
    return this.#clock.now() - this.#heardAt + this.#sleptFor
  }

  /** What is allowed has changed. */
  watch(): void {
    this.#timer.clear()
    this.#look()
  }

  /** @returns how long nothing had been heard */
  heard(): number {
    const now = this.#clock.now()
    const silence = now - this.#heardAt
    this.#heardAt = now
    if (!this.#timer.isSet) this.#look()
    return silence
  }

  /** Count the silence as no longer than this. */
  shorten(silence: number): void {
    this.#heardAt = Math.max(this.#heardAt, this.#clock.now() - silence)
  }

  /** Don't watch until something is heard again. */
  pause(): void {
    this.#timer.clear()
  }

  /** Don't watch any more, whatever is heard: who is told of a byte may close what it came from. */
  end(): void {
    this.#isOver = true
    this.#timer.clear()
  }

  get #sleptFor(): number {
    const ahead = this.#clock.wallTime() - this.#clock.now()
    return Math.max(ahead - this.#ahead, 0)
  }

  #fire(): void {
    const now = Math.max(this.#clock.now(), this.#clock.wallTime() - this.#ahead)
    const late = now - this.#dueAt
    if (late > lateAfter) this.#listener.onSlept(late)
    if (!this.#timer.isSet) this.#look()
  }

  #look(): void {
    const allowed = this.#listener.allowed()
    if (allowed === 0 || this.#isOver) return
    const now = this.#clock.now()
    const rest = this.#heardAt + allowed - now
    if (rest <= 0) return this.#listener.onSilence()
    // At least 1 ms: a difference that rounding made must not be waited for again and again.
    const delay = Math.min(Math.max(rest, 1), longestLook)
    this.#dueAt = now + delay
    this.#ahead = this.#clock.wallTime() - now
    this.#timer.set(delay)
  }
}
