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

  /** Tell events of a topic, in the order in which they are stored; what was told before may be among them. */
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
  #held: StoredEvent[] = []
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
    this.tell(held)
    if (loss) this.tellLost(loss.reason)
  }

  tell(events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (this.#ended) return
      if (this.#position) this.#advance(event, this.#position)
      else this.#hold(event)
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

  #hold(event: StoredEvent): void {
    this.#heldSize += event.data.length
    if (this.#heldSize <= mostHeld) this.#held.push(event)
    else this.#heldLoss ??= { reason: new Error(`More than ${mostHeld} characters came before the head was known`) }
  }

  #advance(event: StoredEvent, { epoch, offset }: Position): void {
    const next = event.position
    if (next.epoch < epoch || (next.epoch === epoch && next.offset <= offset)) return
    this.#position = next
    if (next.offset === offset + 1 && next.epoch === epoch) callSafely(() => this.#listener.onEvent(event))
    // Whoever listens reads the history, where this event is too.
    else this.tellLost(new Error(`Events after ${epoch}-${offset} were gone before they could be told`))
  }
}
