import { callSafely } from '@holdfast/core/adapter'
import type { BrokerListener, Position, StoredEvent } from '@holdfast/core/hub'

/** Who listens to which topic at a broker. */
export class Subscriptions {
  readonly #topics = new Map<string, Set<Subscription>>()

  get size(): number {
    return this.#topics.size
  }

  has(topic: string): boolean {
    return this.#topics.has(topic)
  }

  /** One that holds back what it is told until {@link Subscription.start}. */
  add(topic: string, listener: BrokerListener): Subscription {
    const listening = this.#topics.get(topic) ?? new Set()
    const subscription = new Subscription(listener)
    this.#topics.set(topic, listening.add(subscription))
    return subscription
  }

  remove(topic: string, subscription: Subscription): void {
    subscription.end()
    const listening = this.#topics.get(topic)
    listening?.delete(subscription)
    if (listening?.size === 0) this.#topics.delete(topic)
  }

  /**
   * Tell events of a topic that were stored together, in the order in which that was. What was told before is passed
   * over as a whole.
   */
  tell(topic: string, events: readonly StoredEvent[]): void {
    for (const subscription of this.#topics.get(topic) ?? []) subscription.tell(events)
  }

  /** Tell those of a topic, or all, that events may have been missed. */
  tellLost(reason: unknown, topic?: string): void {
    const listening = topic === undefined ? this.#topics.values() : [this.#topics.get(topic) ?? []]
    for (const subscriptions of listening) for (const each of subscriptions) each.tellLost(reason)
  }

  end(): void {
    for (const listening of this.#topics.values()) for (const subscription of listening) subscription.end()
    this.#topics.clear()
  }
}

/** Characters that may come between asking for the head and its answer; more is told as lost. */
const mostHeld = 4 * 1_048_576

/** One listener, and how far it has been told. Each event once and in order, or told as lost. */
export class Subscription {
  readonly #listener: BrokerListener
  #position: Position | undefined
  #held: (readonly StoredEvent[])[] = []
  #heldSize = 0
  #heldLoss: { reason: unknown } | undefined
  #ended = false

  constructor(listener: BrokerListener) {
    this.#listener = listener
  }

  /** The head is known: from here on it listens. */
  start(head: Position): void {
    const [held, loss] = [this.#held, this.#heldLoss]
    this.#position = head
    this.#held = []
    this.#heldLoss = undefined
    for (const events of held) this.tell(events)
    if (loss) this.tellLost(loss.reason)
  }

  tell(events: readonly StoredEvent[]): void {
    if (!this.#position) return this.#hold(events)
    if (!events[0] || isUpTo(events[0].position, this.#position)) return
    for (const event of events) {
      if (this.#ended) return
      this.#advance(event, this.#position)
    }
  }

  tellLost(reason: unknown): void {
    if (this.#ended) return
    if (this.#position) callSafely(() => this.#listener.onLost(reason))
    else this.#heldLoss = { reason }
  }

  end(): void {
    this.#ended = true
    this.#held = []
  }

  #hold(events: readonly StoredEvent[]): void {
    this.#heldSize += events.reduce((sum, { data }) => sum + data.length, 0)
    if (this.#heldSize <= mostHeld) this.#held.push(events)
    else this.#heldLoss ??= { reason: new Error(`More than ${mostHeld} characters came before the head was known`) }
  }

  #advance(event: StoredEvent, { epoch, offset }: Position): void {
    const next = event.position
    this.#position = next
    if (next.offset === offset + 1 && next.epoch === epoch) callSafely(() => this.#listener.onEvent(event))
    // Whoever listens reads the history, where this event is too.
    else this.tellLost(new Error(`Events after ${epoch}-${offset} were gone before they could be told`))
  }
}

function isUpTo(position: Position, { epoch, offset }: Position): boolean {
  return position.epoch < epoch || (position.epoch === epoch && position.offset <= offset)
}
