import type { Broker, BrokerListener, StoredEvent } from '../../../src/hub/broker/broker.ts'
import { HoldfastError } from '../../../src/errors.ts'
import type { Engine } from './engine.ts'
import type { Random } from './random.ts'

class EngineAwayError extends HoldfastError {
  readonly code = 'engine-away'
}

interface Subscription {
  topic: string
  listener: BrokerListener
  /** On their way. */
  queue: StoredEvent[]
  /** Some were lost on the way, and `onLost` is due. */
  lost: boolean
}

/** One hub's connection to the engine: each step of each call happens when the scheduler says so, or fails. */
export class SlowBroker implements Broker {
  /** Steps of calls under way. */
  readonly steps: (() => void)[] = []
  readonly #engine: Engine
  readonly #random: Random
  readonly #subscriptions = new Set<Subscription>()
  #up = true

  constructor(engine: Engine, random: Random) {
    this.#engine = engine
    this.#random = random
  }

  get up(): boolean {
    return this.#up
  }

  publish: Broker['publish'] = (topic, events, { key } = {}) =>
    this.#call(() => this.#engine.publish(topic, events, key))

  read: Broker['read'] = (topic, after, limit) => this.#call(() => this.#engine.read(topic, after, limit))

  subscribe: Broker['subscribe'] = (topic, listener) => {
    const subscription: Subscription = { topic, listener, queue: [], lost: false }
    const unsubscribe = async (): Promise<void> => void this.#subscriptions.delete(subscription)
    const answer = this.#call(() => {
      this.#subscriptions.add(subscription)
      return { head: this.#engine.head(topic), unsubscribe }
    })
    answer.catch(unsubscribe)
    return answer
  }

  close: Broker['close'] = async () => this.cut()

  /** The engine has stored something. */
  hear(topic: string, events: readonly StoredEvent[]): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.topic !== topic) continue
      if (this.#up) subscription.queue.push(...events)
      else subscription.lost = true
    }
  }

  /** The engine has lost a topic. */
  forget(topic: string): void {
    for (const subscription of this.#subscriptions) if (subscription.topic === topic) subscription.lost = true
  }

  cut(): void {
    this.#up = false
    for (const subscription of this.#subscriptions) {
      subscription.queue = []
      subscription.lost = true
    }
  }

  heal(): void {
    this.#up = true
  }

  /** Lose one notification. */
  drop(): void {
    const waiting = this.#waiting()
    if (waiting.length === 0) return
    const subscription = this.#random.pick(waiting)
    if (subscription.queue.splice(this.#random.below(subscription.queue.length), 1).length > 0) subscription.lost = true
  }

  /** Whether anything is under way. */
  get busy(): boolean {
    return this.steps.length > 0 || (this.#up && this.#waiting().length > 0)
  }

  /** Let one thing arrive somewhere. Returns false when nothing is under way. */
  step(): boolean {
    const waiting = this.#up ? this.#waiting() : []
    const total = this.steps.length + waiting.length
    if (total === 0) return false
    const index = this.#random.below(total)
    if (index < this.steps.length) this.steps.splice(index, 1)[0]?.()
    else this.#deliver(waiting[index - this.steps.length] as Subscription)
    return true
  }

  #waiting(): Subscription[] {
    return [...this.#subscriptions].filter(({ queue, lost }) => lost || queue.length > 0)
  }

  #deliver(subscription: Subscription): void {
    const { listener, queue } = subscription
    // The loss may be told before or after what is on its way.
    if (subscription.lost && (queue.length === 0 || this.#random.chance(0.3))) {
      subscription.lost = false
      listener.onLost(new EngineAwayError('Connection lost'))
      return
    }
    for (const event of queue.splice(0, this.#random.between(1, 4))) listener.onEvent(event)
  }

  // To the engine and back: on both ways it may be lost, so that a publisher does not know whether it was stored.
  #call<T>(action: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new EngineAwayError('Cannot reach the engine'))
      this.steps.push(() => {
        if (!this.#up) return fail()
        const result = action()
        this.steps.push(() => (this.#up ? resolve(result) : fail()))
      })
    })
  }
}
