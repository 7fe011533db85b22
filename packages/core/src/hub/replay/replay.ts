import type { Environment } from '../../environment.ts'
import { Chunk, type RingEntry } from '../../fanout/chunk.ts'
import type { Replay } from '../../fanout/pending.ts'
import { comparePositions, formatPositionId, type Position } from '../../wire/position.ts'
import type { Broker, HistoryPage } from '../broker/broker.ts'
import { Retry } from '../broker/retry.ts'
import { encodeBody, eventEntry } from '../entries.ts'
import type { Lease } from '../feed-registry.ts'
import type { Feed } from '../feed.ts'
import type { GapReason } from '../gap-reason.ts'
import type { Meters } from '../meters.ts'
import type { HubEvent, Start } from '../types.ts'
import { gapEntry, startOfPage } from './gap.ts'
import { positionBeforeLast } from './last.ts'

// A page is held in memory while it is written, and one client's must not be much: about one chunk's worth.
const pageBytes = 65_536
const firstPage = 16
const maxPage = 256

/** Where a client wants to go on. */
export interface ResumePoint {
  /** Where each topic of a subscription begins; a topic that is absent begins now. */
  positions: ReadonlyMap<string, Position | Exclude<Start, 'now'>>
  /** An id that is not a hub's: what came after it is not known. */
  unknownId?: string
}

/** What a {@link HistoryReplay} is made from. */
export interface ReplayParts {
  broker: Broker
  /** The feed that it leads to. */
  lease: Lease
  environment: Environment
  meters: Meters
  /** Which entries are wanted. Default all. */
  accepts?: ((entry: RingEntry) => boolean) | undefined
}

/**
 * What a subscriber missed, from its positions up to where its feed is now; there it hands over to the feed.
 *
 * The feed is listened to already when this begins to read, so an event is in the history, or in the feed after the
 * hand-over, or in both; positions tell which. What the history no longer has is announced as a gap.
 */
export class HistoryReplay implements Replay {
  readonly #broker: Broker
  readonly #feed: Feed
  readonly #accepts: ReplayParts['accepts']
  readonly #meters: Meters
  readonly #retry: Retry
  readonly #lag: Lag
  /** Where to begin in topics by their keys, until it is known where that is. */
  readonly #beginnings: [key: string, start: 'earliest' | 'last'][]
  #unknownId: string | undefined
  #limit = firstPage

  constructor({ broker, lease, environment, meters, accepts }: ReplayParts, { positions, unknownId }: ResumePoint) {
    this.#broker = broker
    this.#feed = lease.feed
    this.#accepts = accepts
    this.#meters = meters
    this.#retry = new Retry(environment)
    this.#unknownId = unknownId
    this.#lag = new Lag(lease.feed, (key) => startOf(key, positions, lease.since))
    this.#beginnings = [...positions].flatMap(([key, start]) => (typeof start === 'string' ? [[key, start]] : []))
  }

  /** True when the feed has everything the subscriber needs. */
  get isEmpty(): boolean {
    return this.#lag.key === undefined && this.#unknownId === undefined
  }

  /** Where the subscriber is, as an id. */
  get checkpoint(): string {
    return this.#lag.checkpoint
  }

  async read(): Promise<Chunk | number> {
    const entries = await this.#readEntries()
    if (!entries) return this.#lag.joinAt
    const chunk = new Chunk(entries, this.#accepts, this.checkpoint)
    this.#meters.replayed(chunk)
    return chunk
  }

  /** Stop waiting for a broker that does not answer. */
  cancel(): void {
    this.#retry.cancel()
  }

  /** Undefined when there are none, or it was cancelled. */
  async #readEntries(): Promise<RingEntry<HubEvent>[] | undefined> {
    if (this.#unknownId !== undefined) return [this.#announceUnknown(this.#unknownId)]
    // All of them first: an id holds every topic's position, and a client may come back with any.
    if (this.#beginnings.length > 0) {
      for (const [key, start] of this.#beginnings.splice(0)) await this.#begin(key, start)
      // Told without an event, since there may be none: until then the client was nowhere.
      return []
    }
    const { key } = this.#lag
    if (key === undefined) return undefined
    const page = await this.#readPage(key, this.#lag.positionOf(key), this.#limit)
    return page && this.#take(key, page)
  }

  async #begin(key: string, start: 'earliest' | 'last'): Promise<void> {
    const page = await this.#readPage(key, 'earliest', 1)
    if (!page) return
    const read = (): Promise<Position> => positionBeforeLast(this.#broker, this.#topic(key), page)
    const position = start === 'last' ? await this.#retry.call(read) : startOfPage(page)
    if (position) this.#lag.moveTo(key, position)
  }

  #readPage(key: string, after: Position | 'earliest', limit: number): Promise<HistoryPage | undefined> {
    return this.#retry.call(() => this.#broker.read(this.#topic(key), after, limit))
  }

  async #take(key: string, page: HistoryPage): Promise<RingEntry<HubEvent>[]> {
    const entries: RingEntry<HubEvent>[] = []
    if (page.gap) entries.push(this.#announce(page.gap, key, startOfPage(page)))
    for (const stored of page.events) {
      // The feed has it from here on.
      if (comparePositions(stored.position, this.#lag.targetOf(key)) > 0) break
      this.#lag.moveTo(key, stored.position)
      entries.push(eventEntry(this.#topic(key), key, stored, this.#lag.positions, encodeBody(stored)))
    }
    // Behind, and nothing more to be had: the broker lost it without saying so.
    const isLost = entries.length === 0 && this.#lag.order(key) < 0
    if (isLost) entries.push(this.#announce('trimmed', key, this.#lag.targetOf(key)))
    this.#adjustLimit(entries)
    if (this.#lag.order(key) > 0) await this.#waitForFeed(key)
    return entries
  }

  // The client comes from a hub that is a little ahead of this one: what it has must not be given again.
  async #waitForFeed(key: string): Promise<void> {
    await this.#retry.waitFor(() => comparePositions(this.#feed.positionOf(key), this.#lag.positionOf(key)) >= 0)
    this.#lag.aimAgain()
  }

  #adjustLimit(entries: readonly RingEntry[]): void {
    if (entries.length === 0) return
    const bytes = entries.reduce((total, { body }) => total + body.length, 0)
    this.#limit = Math.max(1, Math.min(maxPage, Math.floor((pageBytes * entries.length) / bytes)))
  }

  #announce(reason: GapReason, key: string, start: Position): RingEntry<HubEvent> {
    const from = this.checkpoint
    const topics = [this.#topic(key)]
    this.#lag.moveTo(key, start)
    this.#meters.announced(reason, topics)
    return gapEntry({ reason, topics, from, to: formatPositionId(key, this.#lag.positions) })
  }

  #announceUnknown(from: string): RingEntry<HubEvent> {
    this.#unknownId = undefined
    const topics = [...this.#feed.topics.values()]
    this.#meters.announced('unknown-id', topics)
    return gapEntry({ reason: 'unknown-id', topics, from, to: this.checkpoint })
  }

  #topic(key: string): string {
    return this.#feed.topics.get(key) as string
  }
}

/** Where a subscriber is, topic by topic, against where its feed was when it was last looked at. */
class Lag {
  readonly #feed: Feed
  readonly #positions: Map<string, Position>
  #target: ReadonlyMap<string, Position>
  #joinAt: number

  /** @param startOf - where the subscriber begins in a topic, by its key */
  constructor(feed: Feed, startOf: (key: string) => Position) {
    this.#feed = feed
    this.#target = feed.snapshot()
    this.#joinAt = feed.ring.end
    this.#positions = new Map([...this.#target.keys()].map((key) => [key, startOf(key)]))
  }

  /** The sequence number in the ring from which the feed has everything after where it was looked at. */
  get joinAt(): number {
    return this.#joinAt
  }

  /** Where the subscriber is, as an id. */
  get checkpoint(): string {
    return formatPositionId(undefined, this.#positions)
  }

  get positions(): ReadonlyMap<string, Position> {
    return this.#positions
  }

  /** A topic in which the subscriber is not where the feed was. */
  get key(): string | undefined {
    for (const key of this.#positions.keys()) if (this.order(key) !== 0) return key
    return undefined
  }

  /** Negative when the subscriber is behind the feed in this topic, positive when it is ahead. */
  order(key: string): number {
    return comparePositions(this.positionOf(key), this.targetOf(key))
  }

  positionOf(key: string): Position {
    return this.#positions.get(key) as Position
  }

  targetOf(key: string): Position {
    return this.#target.get(key) as Position
  }

  moveTo(key: string, position: Position): void {
    this.#positions.set(key, position)
  }

  /** Look at the feed once more, once it has come as far as a subscriber that was ahead of it. */
  aimAgain(): void {
    this.#target = this.#feed.snapshot()
    this.#joinAt = this.#feed.ring.end
  }
}

function startOf(key: string, positions: ResumePoint['positions'], since: Lease['since']): Position {
  const start = positions.get(key) ?? since.get(key)
  return typeof start === 'object' ? start : { epoch: 0, offset: 0 }
}
