import type { Environment } from '../environment.ts'
import type { Flusher } from '../fanout/flusher.ts'
import { RingGroup } from '../fanout/ring-group.ts'
import { topicKey, writePosition, type WrittenPosition } from '../wire/position.ts'
import type { Broker } from './broker/broker.ts'
import { Feed } from './feed.ts'
import { Lease } from './lease.ts'
import { type Shared, SharedMap } from './shared.ts'
import { setCost, TopicBudget, topicCost } from './topic-budget.ts'
import { TopicSubscription } from './topic-subscription.ts'

/** A feed that was asked for. */
export interface Joined {
  lease: Lease
  /** Where the feed was when it was asked for, in the order of its subscriptions: everything after it belongs to the asker. */
  since: readonly WrittenPosition[]
}

/** A hold on the subscription of one topic. */
export interface Ear {
  subscription: TopicSubscription
  /** Let go of it. Idempotent. */
  release(): void
}

/** What a {@link FeedRegistry} is made from. */
export interface FeedRegistryParts {
  broker: Broker
  environment: Environment
  /** How many bytes each topic keeps for readers that are behind. */
  maxBytes: number
  /** How many bytes topics and sets of topics may take beside their events. Default 256 MiB. */
  maxTopicBytes?: number
  onError(error: unknown): void
  /** Called for each subscription of a topic. */
  onOpen(subscription: TopicSubscription): void
}

// What all topics together keep for readers that are behind. Who needs more is refilled from the history.
const ringBytes = 64 * 1_048_576

const maxTopicBytes = 256 * 1_048_576

/** The feeds of a hub by their set of topics, and the subscriptions of topics below them. */
export class FeedRegistry {
  readonly #parts: FeedRegistryParts
  readonly #group: RingGroup
  readonly #budget: TopicBudget
  readonly #feeds: SharedMap<Feed>
  readonly #subscriptions: SharedMap<TopicSubscription>

  constructor(parts: FeedRegistryParts) {
    this.#parts = parts
    this.#group = new RingGroup(parts.environment, ringBytes)
    const budget = (this.#budget = new TopicBudget(parts.maxTopicBytes ?? maxTopicBytes))
    this.#feeds = new SharedMap({ budget, costOf: setCost, close: (feed) => this.#closeFeed(feed) })
    this.#subscriptions = new SharedMap({
      budget,
      costOf: topicCost,
      close: (subscription) => void subscription.close().catch(parts.onError),
    })
  }

  /** Of all its topics. */
  get flusher(): Flusher {
    return this.#group.flusher
  }

  get topicCount(): number {
    return this.#subscriptions.size
  }

  /** What topics and sets of topics take beside their events, in bytes. */
  get topicBytes(): number {
    return this.#budget.bytes
  }

  /** The subscription of a topic that is heard here; undefined also while it is opened. */
  subscriptionOf(topic: string): TopicSubscription | undefined {
    return this.#subscriptions.get(topic)?.value
  }

  /** Whether anybody reads a topic. */
  has(topic: string): boolean {
    return this.subscriptionOf(topic)?.isRead === true
  }

  /** Hear a topic without being one of its readers. @throws {TopicsFullError} */
  async listen(topic: string): Promise<Ear> {
    const shared = this.#share(topic, topicKey(topic))
    const release = callOnce(() => this.#subscriptions.leave(shared))
    try {
      return { subscription: await shared.opened, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Join the feed of some topics, given by key.
   *
   * @throws {TopicsFullError} topics, or their set, would have to be opened, and there is no room
   */
  async join(topics: ReadonlyMap<string, string>): Promise<Joined> {
    const key = JSON.stringify([...topics.values()])
    const shared = this.#feeds.use(key, () => this.#openFeed(topics))
    const since = shared.value?.positions()
    try {
      const feed = await shared.opened
      feed.isShared ||= shared.users > 1
      return { lease: new Lease(feed, shared, this.#feeds), since: since ?? feed.since }
    } catch (error) {
      this.#feeds.leave(shared)
      throw error
    }
  }

  async #openFeed(topics: ReadonlyMap<string, string>): Promise<Feed> {
    const shared = this.#shareAll(topics)
    const known = shared.map(({ value }) => value?.position)
    const opening = shared.map(({ opened }) => opened)
    const results = await Promise.allSettled(opening)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) {
      this.#leaveAll(shared)
      throw failed.reason
    }
    const opened = await Promise.all(opening)
    const since = opened.map(({ key, head }, index) => known[index] ?? writePosition(key, head))
    return new Feed(topics, opened, since)
  }

  /** In the order of keys, all or none. @throws {TopicsFullError} */
  #shareAll(topics: ReadonlyMap<string, string>): Shared<TopicSubscription>[] {
    const shared: Shared<TopicSubscription>[] = []
    try {
      for (const [key, topic] of [...topics].sort(byKey)) shared.push(this.#share(topic, key))
      return shared
    } catch (error) {
      this.#leaveAll(shared)
      throw error
    }
  }

  #leaveAll(shared: readonly Shared<TopicSubscription>[]): void {
    for (const subscription of shared) this.#subscriptions.leave(subscription)
  }

  #share(topic: string, key: string): Shared<TopicSubscription> {
    return this.#subscriptions.use(topic, () => this.#subscribe(topic, key))
  }

  async #subscribe(topic: string, key: string): Promise<TopicSubscription> {
    const subscription = new TopicSubscription(topic, key, { ...this.#parts, group: this.#group })
    try {
      await subscription.open()
      this.#parts.onOpen(subscription)
      return subscription
    } catch (error) {
      await subscription.close()
      throw error
    }
  }

  #closeFeed({ topics }: Feed): void {
    for (const topic of topics.values()) {
      const shared = this.#subscriptions.get(topic)
      if (shared) this.#subscriptions.leave(shared)
    }
  }
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1
}

function callOnce(action: () => void): () => void {
  let called = false
  return () => {
    if (!called) action()
    called = true
  }
}
