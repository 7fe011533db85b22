import { setTimeout as wait } from 'node:timers/promises'
import { token, topic } from './app-server.ts'

/** What a publisher was told instead of "stored", or `unreachable` or `silence` where it was told nothing. */
export interface Refusal {
  code: string
  /** Milliseconds until it was told. */
  took: number
}

const pace = 15
const pause = 100

/** Publishes numbered events to one server over HTTP, one after the other, each with a key and again until it is stored. */
export class HttpPublisher {
  /** Data of the events that were acknowledged, in order. */
  readonly accepted: string[] = []
  readonly refusals: Refusal[] = []
  /** Milliseconds that an acknowledgement took at most. */
  longest = 0
  readonly #name: string
  readonly #url: string
  readonly #patience: number
  readonly #abort = new AbortController()
  readonly #done: Promise<void>
  #isEnding = false

  /**
   * @param name - before the numbers of its events
   * @param patience - milliseconds after which no answer is silence
   */
  constructor(name: string, url: string, patience: number) {
    this.#name = name
    this.#url = `${url}/topics/${topic}`
    this.#patience = patience
    this.#done = this.#publish()
  }

  /** Begin no other event, and resolve once the last one is stored. */
  async end(): Promise<void> {
    this.#isEnding = true
    await this.#done
  }

  /** Give up what is not stored yet. */
  async abort(): Promise<void> {
    this.#isEnding = true
    this.#abort.abort()
    await this.#done
  }

  async #publish(): Promise<void> {
    for (let number = 1; !this.#isEnding; number++) {
      await this.#insist(`${this.#name}-${number}`)
      await wait(pace)
    }
  }

  async #insist(data: string): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const began = performance.now()
      const refusal = await this.#attempt(data)
      const took = Math.round(performance.now() - began)
      if (refusal === undefined) {
        this.longest = Math.max(this.longest, took)
        this.accepted.push(data)
        return
      }
      this.refusals.push({ code: refusal, took })
      await wait(pause)
    }
  }

  /** Returns why it was not stored. */
  async #attempt(data: string): Promise<string | undefined> {
    const timeout = AbortSignal.timeout(this.#patience)
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ data, key: data }),
        signal: AbortSignal.any([timeout, this.#abort.signal]),
      })
      const answer = (await response.json()) as { code?: string }
      return response.ok ? undefined : (answer.code ?? `status ${response.status}`)
    } catch {
      return timeout.aborted ? 'silence' : 'unreachable'
    }
  }
}
