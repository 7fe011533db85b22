import type { Environment } from '../environment.ts'

/** The part of the environment that the client needs. */
export type Clock = Pick<Environment, 'now' | 'wallTime' | 'setTimer' | 'clearTimer' | 'random'>

/** The real one. Not the core's whole environment, which brings the ends of turns with it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer: (callback, delay) => setTimeout(callback, delay),
  clearTimer: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
}

/** One callback that can be put off, brought forward and called off. */
export class Timer {
  readonly #clock: Clock
  readonly #callback: () => void
  #handle: unknown
  #active = false

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock
    this.#callback = callback
  }

  get active(): boolean {
    return this.#active
  }

  /** Call back after `delay` milliseconds, instead of when it was due. */
  set(delay: number): void {
    this.clear()
    this.#active = true
    this.#handle = this.#clock.setTimer(() => {
      this.#active = false
      this.#callback()
    }, delay)
  }

  clear(): void {
    if (this.#active) this.#clock.clearTimer(this.#handle)
    this.#active = false
  }
}
