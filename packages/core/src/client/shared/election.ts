/** Which tab holds the connection: the one that has the lock. */

/** Locks as browsers have them, which a tab that crashes gives back. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>
}

/** What happens to a candidate. */
export interface Candidate {
  onElected(): void
  /** It is not the leader any more: another tab found that it does not answer. */
  onDeposed(): void
}

/** One tab's part in it. */
export class Election {
  readonly #locks: Locks
  readonly #name: string
  readonly #candidate: Candidate
  #queue: AbortController | undefined
  #release: (() => void) | undefined

  constructor(locks: Locks, name: string, candidate: Candidate) {
    this.#locks = locks
    this.#name = name
    this.#candidate = candidate
  }

  get isElected(): boolean {
    return this.#release !== undefined
  }

  /** Be elected once no other tab is. */
  stand(): void {
    if (this.#queue || this.#release) return
    this.#queue = new AbortController()
    const { signal } = this.#queue
    void this.#request({ signal }, signal)
  }

  /** Be elected now: the leader does not answer. */
  takeOver(): void {
    if (this.#release) return
    this.#queue?.abort()
    this.#queue = new AbortController()
    void this.#request({ steal: true }, this.#queue.signal)
  }

  /** Leave it to the others. Idempotent. */
  withdraw(): void {
    this.#queue?.abort()
    this.#queue = undefined
    this.#release?.()
    this.#release = undefined
  }

  /** @param withdrawn - a lock that is stolen takes no signal, and one may be granted just as its request is aborted */
  async #request(options: { steal?: boolean; signal?: AbortSignal }, withdrawn: AbortSignal): Promise<void> {
    let release: (() => void) | undefined
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        if (withdrawn.aborted) return resolve()
        this.#queue = undefined
        release = this.#release = resolve
        this.#candidate.onElected()
      })
    try {
      await this.#locks.request(this.#name, options, hold)
    } catch {
      if (this.#queue?.signal === withdrawn) this.#queue = undefined
      // It was taken away, or it was withdrawn before.
      if (!release || this.#release !== release) return
      this.#release = undefined
      this.#candidate.onDeposed()
    }
  }
}
