import { formatBody } from '../wire/encode.ts'
import { comparePositions } from '../wire/position.ts'
import type { Broker, Position, StoredEvent } from './broker.ts'

const encoder = new TextEncoder()

/** An event of a topic, encoded once for every feed that carries it. */
export interface LoggedEvent {
  readonly topic: string
  readonly stored: StoredEvent
  readonly body: Uint8Array
}

/** Encode what all feeds share of an event: everything but its id. */
export function encodeBody({ event, data }: StoredEvent): Uint8Array {
  return encoder.encode(formatBody({ event, data }))
}

/** One topic as this hub hears it: a single subscription at the broker, however many feeds carry the topic. */
export class TopicLog {
  readonly topic: string
  readonly key: string
  readonly #broker: Broker
  readonly #readers = new Set<(event: LoggedEvent) => void>()
  #head: Position | undefined
  #position: Position | undefined
  #unsubscribe: (() => Promise<void>) | undefined

  constructor(topic: string, key: string, broker: Broker) {
    this.topic = topic
    this.key = key
    this.#broker = broker
  }

  /** Where the broker was when it was asked. Defined once `open` has resolved. */
  get head(): Position {
    return this.#head as Position
  }

  /** The newest position heard of. Defined once `open` has resolved. */
  get position(): Position {
    return this.#position as Position
  }

  async open(): Promise<void> {
    const { head, unsubscribe } = await this.#broker.subscribe(this.topic, {
      onEvent: (stored) => this.#receive(stored),
      onLost: () => {},
    })
    this.#unsubscribe = unsubscribe
    this.#head = head
    // Events may have come before `subscribe` resolved: they are ahead of its head.
    this.#position ??= head
  }

  read(reader: (event: LoggedEvent) => void): () => void {
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }

  async close(): Promise<void> {
    await this.#unsubscribe?.()
  }

  #receive(stored: StoredEvent): void {
    if (this.#position && comparePositions(stored.position, this.#position) <= 0) return
    this.#position = stored.position
    if (this.#readers.size === 0) return
    const event = { topic: this.topic, stored, body: encodeBody(stored) }
    for (const reader of this.#readers) reader(event)
  }
}
