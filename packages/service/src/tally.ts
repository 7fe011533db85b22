/** What the service has answered, counted since it was created. */
export interface HttpStats {
  /** Requests, preflights not included. */
  requests: number
  /** Requests that were answered with an error, by its code. */
  errors: Record<string, number>
}

/** Counts requests and the codes of their errors. Codes are literals of this code base, so they are few. */
export class Tally {
  #requests = 0
  readonly #errors = new Map<string, number>()

  request(): void {
    this.#requests++
  }

  error(code: string): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  stats(): HttpStats {
    return { requests: this.#requests, errors: Object.fromEntries(this.#errors) }
  }
}
