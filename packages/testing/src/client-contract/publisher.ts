import { type Broker, createHub, type Hub } from '@holdfast/core/hub'
import { openClientBroker } from './broker.ts'
import type { Numbered } from './plan.ts'

/** Events are numbered through all topics and go to them in turn. */
export const topics: readonly string[] = ['even', 'odd']
/** Milliseconds from one event to the next. */
const pace = 50

/** Publishes numbered events until it is told to end its topics. */
export class Publisher implements AsyncDisposable {
  readonly #broker: Broker
  readonly #hub: Hub
  readonly #timer: NodeJS.Timeout
  #sent: Promise<unknown> = Promise.resolve()
  /** How many were published. */
  count = 0

  constructor(redisPort: number) {
    this.#broker = openClientBroker(redisPort)
    this.#hub = createHub({ broker: this.#broker })
    this.#timer = setInterval(() => this.#publish(), pace)
  }

  /** Publish no more, and say so to all clients. @throws when an event could not be published */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sent
    for (const topic of topics) await this.#hub.end(topic)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#hub.close()
    await this.#broker.close()
  }

  #publish(): void {
    const data: Numbered = { n: this.count++, at: Date.now() }
    const published = this.#hub.publish(topics[data.n % topics.length] as string, { data })
    this.#sent = Promise.all([this.#sent, published])
    // Whoever awaits the end learns of it.
    this.#sent.catch(() => {})
  }
}
