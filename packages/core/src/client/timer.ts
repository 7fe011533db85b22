import type { Environment } from '../environment.ts'

/** The part of the environment that the client needs. */
export type Clock = Pick<Environment, 'now' | 'wallTime' | 'setTimer' | 'clearTimer' | 'random'>

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
