import type { Environment } from '../../environment.ts'
import type { Deadline, DeadlineWheel } from '../../fanout/deadlines.ts'
import type { Broker, Position } from '../broker/broker.ts'
import type { TopicSubscription } from '../topic-subscription.ts'
import { ReplayPage } from './replay-page.ts'

/** What a {@link RecentPages} is made from. */
export interface RecentPagesParts {
  broker: Pick<Broker, 'read'>
  environment: Environment
  /** Drops what is too old. Without it, the pages go with whoever has them. */
  wheel?: DeadlineWheel
}

interface KeptPage {
  readonly page: ReplayPage
  /** What it counts for: nothing until it is read. */
  bytes: number
}

// A page is held in memory while it is written, and one client's must not be much: about one chunk's worth.
const pageBytes = 65_536
const [firstPage, maxPage] = [16, 512]
/** Of so many topics at most: each answer of a model may have one of its own, and a busy hub always has some page. */
const maxSizes = 4_096
/** Bytes and milliseconds: as long as clients come back that a deploy has sent away. */
const [maxBytes, maxAge] = [8 * 1_048_576, 2_000]

/**
 * What was read of the history a moment ago. After a deploy all clients come back to nearly the same place: what they
 * missed is read and encoded once for all of them. Pages end at fixed offsets, so that readers who begin apart soon share.
 */
export class RecentPages implements Deadline {
  readonly #parts: RecentPagesParts
  /** Oldest first. */
  readonly #pages = new Map<string, KeptPage>()
  /** How many events of a topic make a page. */
  readonly #sizes = new Map<string, number>()
  #bytes = 0

  constructor(parts: RecentPagesParts) {
    this.#parts = parts
  }

  /** The bytes of what is kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of how many topics it is known how many events make a page. */
  get topics(): number {
    return this.#sizes.size
  }

  /** A page that begins at `after` or before it, and has events after it, if there are any. */
  async read(subscription: TopicSubscription, after: Position): Promise<ReplayPage> {
    const { topic } = subscription
    const size = this.#sizes.get(topic) ?? firstPage
    const end = (Math.floor(after.offset / size) + 1) * size
    const key = `${after.epoch} ${end} ${size} ${topic}`
    const known = this.#pages.get(key)?.page
    // Whoever comes from further back reads anew, at once: then those who come next wait for that page.
    if (known?.beginsBefore(after) && this.#isFresh(known) && (await known.reaches(after))) return known
    const page = new ReplayPage(
      this.#parts.broker,
      subscription,
      after,
      end - after.offset,
      this.#parts.environment.now(),
    )
    const kept = this.#keep(key, page)
    try {
      await page.loaded
    } catch (error) {
      this.#drop(key, kept)
      throw error
    }
    if (page.entries.length > 0) this.#learnSize(topic, page)
    if (this.#pages.get(key) === kept) this.#count(kept)
    return page
  }

  clear(): void {
    this.#pages.clear()
    this.#sizes.clear()
    this.#bytes = 0
    this.#parts.wheel?.remove(this)
  }

  expire(now: number): number {
    for (const [key, kept] of this.#pages) {
      if (this.#isFresh(kept.page)) break
      this.#drop(key, kept)
    }
    if (this.#pages.size > 0) return now + maxAge
    this.clear()
    return Infinity
  }

  // Without it a topic's next page is a small one.
  #learnSize(topic: string, { entries, bytes }: ReplayPage): void {
    this.#sizes.set(topic, powerOfTwo((pageBytes * entries.length) / bytes))
    if (this.#sizes.size > maxSizes) this.#sizes.delete(this.#sizes.keys().next().value as string)
  }

  #isFresh({ readAt }: ReplayPage): boolean {
    return this.#parts.environment.now() - readAt < maxAge
  }

  #keep(key: string, page: ReplayPage): KeptPage {
    const before = this.#pages.get(key)
    if (before) this.#drop(key, before)
    if (this.#pages.size === 0) this.#parts.wheel?.set(this, page.readAt + maxAge)
    const kept = { page, bytes: 0 }
    this.#pages.set(key, kept)
    return kept
  }

  #drop(key: string, kept: KeptPage): void {
    if (this.#pages.get(key) !== kept) return
    this.#pages.delete(key)
    this.#bytes -= kept.bytes
  }

  #count(kept: KeptPage): void {
    kept.bytes = kept.page.bytes
    this.#bytes += kept.bytes
    for (const [key, oldest] of this.#pages) {
      if (this.#bytes <= maxBytes) break
      this.#drop(key, oldest)
    }
  }
}

// Where sizes are powers of two, the ends of large pages are among those of small ones.
function powerOfTwo(most: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, Math.min(most, maxPage))))
}
