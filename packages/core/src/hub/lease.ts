import type { Feed } from './feed.ts'
import type { Shared, SharedMap } from './shared.ts'

/** A hold on a feed. */
export class Lease {
  readonly feed: Feed
  readonly #feeds: SharedMap<Feed>
  #shared: Shared<Feed> | undefined

  constructor(feed: Feed, shared: Shared<Feed>, feeds: SharedMap<Feed>) {
    this.feed = feed
    this.#shared = shared
    this.#feeds = feeds
  }

  /** Let go of it. Idempotent. */
  release(): void {
    if (this.#shared) this.#feeds.leave(this.#shared)
    this.#shared = undefined
  }
}
