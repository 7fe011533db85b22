import { callSafely } from '@holdfast/core/adapter'
import type { Broker, BrokerEvent, BrokerListener } from '@holdfast/core/hub'
import type { TopicHistory } from './history.ts'
import { SendBatcher } from './send-batcher.ts'
import { formatBatch, parseBatch, type PublishResult } from '../protocol.ts'
import type { Packed } from '../../packed.ts'

/** What a {@link Topic} is made from. */
export interface TopicParts {
  history: TopicHistory
  send(packed: readonly Packed[]): void
  /** Milliseconds between two messages. */
  delay(): number
  onAppend(): void
}

/** One topic inside its object: what is stored is sent to the subscribers and told to the object's own hub. */
export class Topic {
  readonly history: TopicHistory
  readonly #batcher: SendBatcher
  readonly #delay: () => number
  readonly #onAppend: () => void
  readonly #listeners = new Set<BrokerListener>()

  constructor({ history, send, delay, onAppend }: TopicParts) {
    this.history = history
    this.#batcher = new SendBatcher(send)
    this.#delay = delay
    this.#onAppend = onAppend
  }

  /** Store events. `sent` resolves when they are on their way; they are stored when this returns. */
  append(events: readonly BrokerEvent[], key?: string, also?: () => void): PublishResult & { sent: Promise<void> } {
    const known = key === undefined ? undefined : this.history.positionOf(key)
    if (known) return { position: known, duplicate: true, sent: Promise.resolve() }
    const packed = this.history.append(events, key, Date.now(), also)
    const { head } = this.history
    const sent = this.#batcher.add(packed, this.#delay())
    if (this.#listeners.size > 0) this.#tell(formatBatch(head.epoch, packed))
    this.#onAppend()
    return { position: head, duplicate: false, sent }
  }

  /** The topic as a broker for a hub inside the object. It serves one topic, whatever that is called. */
  broker(): Broker {
    return {
      publish: async (_topic, events, { key } = {}) => {
        const { position, duplicate } = this.append(events, key)
        return { position, duplicate }
      },
      read: async (_topic, after, limit) => {
        const { batch, ...page } = this.history.read(after, limit)
        return { ...page, events: batch === undefined ? [] : parseBatch(batch) }
      },
      subscribe: async (_topic, listener) => {
        this.history.open()
        this.#listeners.add(listener)
        return { head: this.history.head, unsubscribe: async () => void this.#listeners.delete(listener) }
      },
      close: async () => {},
    }
  }

  #tell(batch: string): void {
    for (const event of parseBatch(batch)) {
      // What one throws must reach neither the publisher, whose event is stored, nor the others.
      for (const listener of this.#listeners) callSafely(() => listener.onEvent(event))
    }
  }
}
