import type { Environment } from '../environment.ts'
import { Flusher } from '../fanout/flusher.ts'
import type { Broker, Position } from './broker/broker.ts'
import { TopicFeed } from './feed.ts'
import { TopicLog } from './topic-subscription.ts'

/** Something opened once for all who use it, and closed when the last of them leaves. */
interface Shared<T> {
  users: number
  opened: Promise<T>
  /** Once it is open. */
  value?: T
}

/** A hold on a feed. */
export interface FeedLease {
  feed: TopicFeed
  /** Where the feed was when it was asked for: everything after it belongs to the asker. */
  since: ReadonlyMap<string, Position>
  /** Let go of it. Idempotent. */
  release(): void
}

/** The feeds of a hub by their set of topics, and the topics' logs below them. */
export class Feeds {
  readonly #broker: Broker
  readonly #environment: Environment
  readonly #maxBytes: number
  readonly #onError: (error: unknown) => void
  readonly #flusher: Flusher
  readonly #feeds = new Map<string, Shared<TopicFeed>>()
  readonly #logs = new Map<string, Shared<TopicLog>>()

  constructor(broker: Broker, environment: Environment, maxBytes: number, onError: (error: unknown) => void) {
    this.#broker = broker
    this.#environment = environment
    this.#maxBytes = maxBytes
    this.#onError = onError
    this.#flusher = new Flusher(environment)
  }

  get topicCount(): number {
    return this.#logs.size
  }

  /** Whether anybody subscribes to a topic. */
  has(topic: string): boolean {
    return this.#logs.has(topic)
  }

  /** Join the feed of some topics, given by key in sorted order. */
  async join(topics: ReadonlyMap<string, string>): Promise<FeedLease> {
    const name = JSON.stringify([...topics.values()])
    const shared = share(this.#feeds, name, () => this.#openFeed(topics))
    const since = shared.value?.snapshot()
    const release = once(() => this.#leave(this.#feeds, name, shared, (feed) => this.#closeFeed(feed)))
    try {
      const feed = await shared.opened
      return { feed, since: since ?? feed.since, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async #openFeed(topics: ReadonlyMap<string, string>): Promise<TopicFeed> {
    const logs = [...topics].map(([key, topic]) => ({
      topic,
      log: share(this.#logs, topic, () => this.#openLog(topic, key)),
    }))
    const known = logs.map(({ log }) => log.value?.position)
    const opening = logs.map(({ log }) => log.opened)
    const results = await Promise.allSettled(opening)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) {
      for (const { topic, log } of logs) this.#leaveLog(topic, log)
      throw failed.reason
    }
    const opened = await Promise.all(opening)
    const since = new Map(opened.map((log, index) => [log.key, known[index] ?? log.head]))
    return new TopicFeed(opened, since, this.#maxBytes, this.#environment, this.#flusher)
  }

  async #openLog(topic: string, key: string): Promise<TopicLog> {
    const log = new TopicLog(topic, key, this.#broker, this.#environment, this.#onError)
    try {
      await log.open()
      return log
    } catch (error) {
      await log.close()
      throw error
    }
  }

  #closeFeed(feed: TopicFeed): void {
    feed.close()
    for (const topic of feed.topics.values()) this.#leaveLog(topic, this.#logs.get(topic))
  }

  #leaveLog(topic: string, shared: Shared<TopicLog> | undefined): void {
    if (shared) this.#leave(this.#logs, topic, shared, (log) => void log.close().catch(this.#onError))
  }

  #leave<T>(map: Map<string, Shared<T>>, name: string, shared: Shared<T>, close: (value: T) => void): void {
    shared.users--
    if (shared.users > 0) return
    if (map.get(name) === shared) map.delete(name)
    // One that never opened has nothing to close; whoever asked for it was told.
    shared.opened.then(close, () => {})
  }
}

function share<T>(map: Map<string, Shared<T>>, name: string, open: () => Promise<T>): Shared<T> {
  let shared = map.get(name)
  if (!shared) map.set(name, (shared = opening(open(), (failed) => map.get(name) === failed && map.delete(name))))
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

function once(action: () => void): () => void {
  let called = false
  return () => {
    if (!called) action()
    called = true
  }
}
