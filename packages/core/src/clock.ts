/** What calls back later. */
export interface Timers {
  /** A delay may be any number: what is longer than a timer can wait is cut to that. */
  setTimer(callback: () => void, delay: number): unknown
  clearTimer(handle: unknown): void
}

/** Time, timers and chance: the seam through which tests and the simulator bring their own. Not a public option. */
export interface Clock extends Timers {
  /** Monotonic milliseconds, for durations. */
  now(): number
  /** Milliseconds since 1970, for what leaves this process. */
  wallTime(): number
  /** Uniform in [0, 1). */
  random(): number
}

/** Milliseconds: runtimes take a longer delay for none at all. */
export const longestTimer = 2_147_483_647

function setTimer(callback: () => void, delay: number): unknown {
  return setTimeout(callback, Math.min(delay, longestTimer))
}

function clearTimer(handle: unknown): void {
  clearTimeout(handle as ReturnType<typeof setTimeout>)
}

/** The real ones, for who needs no more. */
export const systemTimers: Timers = { setTimer, clearTimer }

/** The real one. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer,
  clearTimer,
  random: Math.random,
}

/** One callback that can be put off, brought forward and called off. */
export class Timer {
  readonly #clock: Clock
  readonly #callback: () => void
  #handle: unknown
  #isSet = false

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock
    this.#callback = callback
  }

  /** Whether it is going to call back. */
  get isSet(): boolean {
    return this.#isSet
  }

  /** Call back after `delay` milliseconds, instead of when it was due. */
  set(delay: number): void {
    this.clear()
    this.#isSet = true
    this.#handle = this.#clock.setTimer(() => {
      this.#isSet = false
      this.#callback()
    }, delay)
  }

  /** Don't call back. Idempotent. */
  clear(): void {
    if (this.#isSet) this.#clock.clearTimer(this.#handle)
    this.#isSet = false
  }
}
