import type { Broker, BrokerEvent } from '@holdfast/core/hub'
import type { Topic } from './topic.ts'

// A producer that never waits would otherwise fill the object's 128 MB before anything is sent.
const mostCharacters = 65_536

/** What a {@link BatchingBroker} tells, in the transaction that stores it. */
export interface BatchListener {
  /** This many events. */
  onStored(count: number): void
  /** That the run has ended. */
  onEnd(): void
}

/**
 * The broker of a producer inside the object: what it writes waits a little for more, then is stored as one row and sent
 * as one message. A thousand words of an answer cost a few hundred rows instead of a thousand.
 *
 * What waits is lost with the object; so is the producer.
 */
export class BatchingBroker implements Broker {
  readonly #topic: Topic
  readonly #delay: number
  readonly #listener: BatchListener
  #waiting: BrokerEvent[] = []
  #characters = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Why what waited is lost, until the producer is told. */
  #failure: { error: unknown } | undefined

  constructor(topic: Topic, delay: number, listener: BatchListener) {
    this.#topic = topic
    this.#delay = delay
    this.#listener = listener
  }

  publish: Broker['publish'] = async (_topic, events, { key } = {}) => {
    this.#throwFailure()
    const mark = key !== undefined || events.some(({ event }) => event?.startsWith('\n'))
    if (mark) return this.#storeNow(events, key)
    this.#waiting.push(...events)
    for (const { data } of events) this.#characters += data.length
    if (this.#characters >= mostCharacters) await this.flush()
    else this.#timer ??= setTimeout(() => this.#flushUnasked(), this.#delay)
    // Where they will be, unless somebody else publishes meanwhile. Producers don't ask.
    const { epoch, offset } = this.#topic.history.head
    return { position: { epoch, offset: offset + this.#waiting.length }, duplicate: false }
  }

  /** Store what waits. Resolves when it is sent. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#waiting
    if (events.length === 0) return
    this.#waiting = []
    this.#characters = 0
    await this.#topic.append(events, undefined, () => this.#listener.onStored(events.length)).sent
  }

  read: Broker['read'] = () => Promise.reject(new Error('A producer does not read'))
  subscribe: Broker['subscribe'] = () => Promise.reject(new Error('A producer does not subscribe'))
  close: Broker['close'] = async () => {}

  // The hub's marks say that a run begins and ends, and nothing may be stored after them that was written before.
  async #storeNow(
    events: readonly BrokerEvent[],
    key: string | undefined,
  ): Promise<Awaited<ReturnType<Broker['publish']>>> {
    await this.flush()
    // The mark of a beginning has the run's key, and that of the end none. The end and that nothing runs are one step: an
    // object that was lost between them would end its topic once more.
    const { position, duplicate, sent } = this.#topic.append(
      events,
      key,
      () => key === undefined && this.#listener.onEnd(),
    )
    await sent
    return { position, duplicate }
  }

  // Nobody waits for this: the producer is told with what it writes next, be it the end.
  #flushUnasked(): void {
    this.flush().catch((error: unknown) => (this.#failure = { error }))
  }

  #throwFailure(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
  }
}
