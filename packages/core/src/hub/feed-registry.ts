import type { Environment } from '../environment.ts'
import { Flusher } from '../fanout/flusher.ts'
import { topicKey } from '../wire/position.ts'
import type { Broker, Position } from './broker/broker.ts'
import { Feed } from './feed.ts'
import { TopicSubscription } from './topic-subscription.ts'

/** Something opened once for all who use it, and closed when the last of them leaves. */
interface Shared<T> {
  users: number
  opened: Promise<T>
  /** Once it is open. */
  value?: T
}

/** A hold on a feed. */
export interface Lease {
  feed: Feed
  /** Where the feed was when it was asked for: everything after it belongs to the asker. */
  since: ReadonlyMap<string, Position>
  /** Let go of it. Idempotent. */
  release(): void
}

/** A hold on the subscription of one topic. */
export interface Ear {
  subscription: TopicSubscription
  /** Let go of it. Idempotent. */
  release(): void
}

/** The feeds of a hub by their set of topics, and the subscriptions of topics below them. */
export class FeedRegistry {
  readonly #broker: Broker
  readonly #environment: Environment
  readonly #maxBytes: number
  readonly #onError: (error: unknown) => void
  readonly #onOpen: (subscription: TopicSubscription) => void
  /** Of all its feeds. */
  readonly flusher: Flusher
  readonly #feeds = new Map<string, Shared<Feed>>()
  readonly #subscriptions = new Map<string, Shared<TopicSubscription>>()

  /** @param onOpen - called for each subscription of a topic */
  constructor(
    broker: Broker,
    environment: Environment,
    maxBytes: number,
    onError: (error: unknown) => void,
    onOpen: (subscription: TopicSubscription) => void,
  ) {
    this.#broker = broker
    this.#environment = environment
    this.#maxBytes = maxBytes
    this.#onError = onError
    this.#onOpen = onOpen
    this.flusher = new Flusher(environment)
  }

  get topicCount(): number {
    return this.#subscriptions.size
  }

  /** Whether anybody reads a topic. */
  has(topic: string): boolean {
    return [...this.#feeds.values()].some(({ value }) => value && [...value.topics.values()].includes(topic))
  }

  /** The open subscription of a topic, where somebody reads it. */
  readSubscription(topic: string): TopicSubscription | undefined {
    const subscription = this.#subscriptions.get(topic)?.value
    return subscription?.isRead ? subscription : undefined
  }

  /** Hear a topic without being one of its readers. */
  async listen(topic: string): Promise<Ear> {
    const shared = this.#share(topic, topicKey(topic))
    const release = callOnce(() => this.#unsubscribe(topic, shared))
    try {
      return { subscription: await shared.opened, release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Join the feed of some topics, given by key in sorted order. */
  async join(topics: ReadonlyMap<string, string>): Promise<Lease> {
    const key = JSON.stringify([...topics.values()])
    const shared = share(this.#feeds, key, () => this.#openFeed(topics))
    const since = shared.value?.snapshot()
    const release = callOnce(() => this.#leave(this.#feeds, key, shared, (feed) => this.#closeFeed(feed)))
    try {
      const feed = await shared.opened
      return { feed, since: since ?? feed.since, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async #openFeed(topics: ReadonlyMap<string, string>): Promise<Feed> {
    const subscriptions = [...topics].map(([key, topic]) => ({
      topic,
      subscription: this.#share(topic, key),
    }))
    const known = subscriptions.map(({ subscription }) => subscription.value?.position)
    const opening = subscriptions.map(({ subscription }) => subscription.opened)
    const results = await Promise.allSettled(opening)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) {
      for (const { topic, subscription } of subscriptions) this.#unsubscribe(topic, subscription)
      throw failed.reason
    }
    const opened = await Promise.all(opening)
    const since = new Map(opened.map((subscription, index) => [subscription.key, known[index] ?? subscription.head]))
    return new Feed(opened, since, this.#maxBytes, this.#environment, this.flusher)
  }

  #share(topic: string, key: string): Shared<TopicSubscription> {
    return share(this.#subscriptions, topic, () => this.#subscribe(topic, key))
  }

  async #subscribe(topic: string, key: string): Promise<TopicSubscription> {
    const subscription = new TopicSubscription(topic, key, this.#broker, this.#environment, this.#onError)
    try {
      await subscription.open()
      this.#onOpen(subscription)
      return subscription
    } catch (error) {
      await subscription.close()
      throw error
    }
  }

  #closeFeed(feed: Feed): void {
    feed.close()
    for (const topic of feed.topics.values()) this.#unsubscribe(topic, this.#subscriptions.get(topic))
  }

  #unsubscribe(topic: string, shared: Shared<TopicSubscription> | undefined): void {
    if (shared)
      this.#leave(this.#subscriptions, topic, shared, (subscription) => void subscription.close().catch(this.#onError))
  }

  #leave<T>(map: Map<string, Shared<T>>, key: string, shared: Shared<T>, close: (value: T) => void): void {
    shared.users--
    if (shared.users > 0) return
    if (map.get(key) === shared) map.delete(key)
    // One that never opened has nothing to close; whoever asked for it was told.
    shared.opened.then(close, () => {})
  }
}

function share<T>(map: Map<string, Shared<T>>, key: string, open: () => Promise<T>): Shared<T> {
  let shared = map.get(key)
  if (!shared) map.set(key, (shared = opening(open(), (failed) => map.get(key) === failed && map.delete(key))))
  shared.users++
  return shared
}

// One that fails is forgotten at once: kept until its last user has left, a failure might never leave a busy hub.
function opening<T>(opened: Promise<T>, forget: (failed: Shared<T>) => void): Shared<T> {
  const shared: Shared<T> = { users: 0, opened }
  opened.then(
    (value) => (shared.value = value),
    () => forget(shared),
  )
  return shared
}

function callOnce(action: () => void): () => void {
  let called = false
  return () => {
    if (!called) action()
    called = true
  }
}
