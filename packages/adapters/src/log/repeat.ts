/** Does something again and again, a while after it was done. */
export class Repeat {
  readonly #interval: number
  readonly #action: () => Promise<void>
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStopped = true

  /**
   * @param interval - milliseconds, cut by up to a fifth at random, so that hubs that start together don't stay together
   * @param action - never rejects
   */
  constructor(interval: number, action: () => Promise<void>) {
    this.#interval = interval
    this.#action = action
  }

  /** Begin, unless it has begun. */
  start(): void {
    if (!this.#isStopped) return
    this.#isStopped = false
    this.#schedule()
  }

  /** Don't do it again. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    const wait = this.#interval * (1 - 0.2 * Math.random())
    this.#timer = setTimeout(() => void this.#action().finally(() => this.#isStopped || this.#schedule()), wait)
  }
}
