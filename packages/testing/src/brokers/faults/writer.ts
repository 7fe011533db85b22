import { setTimeout as wait } from 'node:timers/promises'
import { BrokerUnavailableError, type Hub } from '@holdfast/core/hub'

/** Publishes numbered events one after the other, each with a key and again until it is stored. */
export class Writer {
  /** What was stored, in order. */
  readonly stored: string[] = []
  /** What `publish` was rejected with. */
  readonly errors: unknown[] = []
  /** Milliseconds that one `publish` took at most, rejected ones included. */
  longest = 0
  /** When the last one was stored. */
  lastStoredAt = 0
  readonly #hub: Hub
  readonly #topic: string
  readonly #name: string
  readonly #pace: number
  readonly #done: Promise<void>
  #isEnding = false

  /** @param pace - milliseconds from one event to the next */
  constructor(hub: Hub, topic: string, name: string, pace = 5) {
    this.#hub = hub
    this.#topic = topic
    this.#name = name
    this.#pace = pace
    this.#done = this.#write()
  }

  /** Begin no other event, and resolve once the last one is stored. */
  async end(): Promise<void> {
    this.#isEnding = true
    await this.#done
  }

  /** Errors of another kind than a broker that is away. */
  get strangeErrors(): unknown[] {
    return this.errors.filter((error) => !(error instanceof BrokerUnavailableError))
  }

  async #write(): Promise<void> {
    for (let number = 1; !this.#isEnding; number++) {
      await this.#insist(`${this.#name}${number}`)
      await wait(this.#pace)
    }
  }

  async #insist(data: string): Promise<void> {
    for (;;) {
      const began = performance.now()
      try {
        await this.#hub.publish(this.#topic, { data }, { key: data })
        this.stored.push(data)
        this.lastStoredAt = performance.now()
        return
      } catch (error) {
        this.errors.push(error)
      } finally {
        this.longest = Math.max(this.longest, performance.now() - began)
      }
      await wait(20)
    }
  }
}
