import type { Broker, BrokerEvent } from '@holdfast/core/hub'
import type { Topic } from './topic.ts'

// A producer that never waits would otherwise fill the object's 128 MB before anything is sent.
const mostCharacters = 65_536

/** What a {@link BatchingBroker} has to do with its run. */
export interface BatchListener {
  /** So many events are stored: called in the transaction that does it. */
  onStored(count: number): void
  /** The run has ended: likewise. */
  onEnd(): void
  hasReaders(): boolean
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
  readonly #log: Broker
  #hasBegun = false
  #waiting: BrokerEvent[] = []
  #characters = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Why what waited is lost, until the producer is told. */
  #failure: { error: unknown } | undefined

  constructor(topic: Topic, delay: number, listener: BatchListener) {
    this.#topic = topic
    this.#log = topic.broker()
    this.#delay = delay
    this.#listener = listener
  }

  publish: Broker['publish'] = async (_topic, events, { key } = {}) => {
    this.#throwFailure()
    // The keys of its other events guard against producers that are elsewhere, and this one is where the log is.
    if (events.some(({ event }) => event?.startsWith('\n'))) return this.#storeNow(events, key)
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
    await this.#store()
  }

  // Stored when this returns.
  #store(): Promise<void> | undefined {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#waiting
    if (events.length === 0) return undefined
    this.#waiting = []
    this.#characters = 0
    return this.#topic.append(events, undefined, () => this.#listener.onStored(events.length)).sent
  }

  read: Broker['read'] = (...page) => this.#log.read(...page)
  subscribe: Broker['subscribe'] = (...subscription) => this.#log.subscribe(...subscription)
  count: NonNullable<Broker['count']> = async () => (this.#listener.hasReaders() ? 1 : 0)
  close: Broker['close'] = async () => {}

  // The hub's marks say that a run begins and ends, and nothing may be stored after them that was written before.
  async #storeNow(
    events: readonly BrokerEvent[],
    key: string | undefined,
  ): Promise<Awaited<ReturnType<Broker['publish']>>> {
    const flushed = this.#store()
    // Of a run without a lease the first mark is its beginning, and the second its end. The end and that nothing runs are
    // one step: an object that was lost between them would end its topic once more.
    const isEnd = this.#hasBegun
    this.#hasBegun = true
    const { position, duplicate, sent } = this.#topic.append(events, key, () => isEnd && this.#listener.onEnd())
    await Promise.all([flushed, sent])
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
