import type { Broker, BrokerEvent } from '../broker/broker.ts'
import type { FeedRegistry } from '../feed-registry.ts'
import { endMark } from '../entries.ts'
import type { TopicSubscription } from '../topic-subscription.ts'
import type { RunOptions, RunResult, RunSource } from '../types.ts'
import { failure, type RunParts } from './parts.ts'
import { run } from './run.ts'
import { RunWatch } from './run-watch.ts'
import { fillSlot, type RunLog, slotKey } from './slots.ts'
import { stop } from './stop.ts'

/** What the {@link Runs} of a hub are made from. */
export interface RunsParts extends Pick<RunParts, 'closing' | 'environment' | 'wheel' | 'onError'> {
  broker: Broker
  feeds: FeedRegistry
  publish(topic: string, event: BrokerEvent, key?: string): ReturnType<Broker['publish']>
  /** Whether anybody reads a topic, at any hub. */
  hasReaders(topic: string): Promise<boolean>
}

/** The producers of a hub, and its eye on those of other hubs whose topics are read here. */
export class Runs {
  readonly #parts: RunsParts

  constructor(parts: RunsParts) {
    this.#parts = parts
  }

  async run(topic: string, source: RunSource, options: RunOptions): Promise<RunResult> {
    return this.#hearing(topic, (parts) => run(source, options, parts))
  }

  stop(topic: string): Promise<void> {
    return this.#hearing(topic, stop)
  }

  /** End the topic as failed where its producer dies, and nobody goes on. Of several hubs one does. */
  watch(subscription: TopicSubscription): void {
    const { broker, environment: clock, closing: signal } = this.#parts
    const log = this.#logOf(subscription.topic)
    void new RunWatch({
      ...this.#parts,
      broker,
      subscription,
      share: failure,
      heedsHeirs: true,
      onSilent: (run) => {
        const sign = { ...run, slot: run.slot + 1 }
        return fillSlot(log, endMark('failed', sign), slotKey(sign), { clock, patience: 0, signal })
      },
    })
  }

  async #hearing<T>(topic: string, action: (parts: RunParts) => Promise<T>): Promise<T> {
    const { feeds, hasReaders } = this.#parts
    const { subscription, release } = await feeds.listen(topic)
    try {
      const log = this.#logOf(topic)
      return await action({ ...this.#parts, log, subscription, hasReaders: () => hasReaders(topic) })
    } finally {
      release()
    }
  }

  #logOf(topic: string): RunLog {
    const { broker, publish } = this.#parts
    return {
      topic,
      read: (...page) => broker.read(...page),
      publish: (event, key) => publish(topic, event, key),
    }
  }
}
