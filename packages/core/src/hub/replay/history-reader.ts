import type { Environment } from '../../environment.ts'
import type { RingEntry } from '../../fanout/chunk.ts'
import { comparePositions, formatPositionId } from '../../wire/position.ts'
import type { Broker, HistoryPage, Position } from '../broker/broker.ts'
import { encodeBody, eventEntry } from '../entries.ts'
import { gapEntry, type GapReason } from './gap.ts'
import { Retry } from '../broker/retry.ts'
import type { ResumePoint } from './resume-point.ts'
import type { Feed } from '../feed.ts'
import { startOfPage } from '../topic-subscription.ts'
import type { HubEvent } from '../types.ts'

// A page is held in memory while it is written, and one client's must not be much: about one chunk's worth.
const pageBytes = 65_536
const firstPage = 16
const maxPage = 256

/**
 * Reads what a subscriber missed, from its positions up to where its feed is now, and there hands over to the feed.
 *
 * The feed is listened to already when this begins to read, so an event is in the history, or in the feed after the
 * hand-over, or in both; positions tell which. What the history no longer has is announced as a gap.
 */
export class HistoryReader {
  readonly #broker: Broker
  readonly #feed: Feed
  readonly #retry: Retry
  readonly #positions: Map<string, Position>
  /** Topics of which everything is wanted, until it is known where that begins. */
  #earliest: string[]
  /** Topics that are not yet where the feed is. */
  #pending: string[]
  #unknownId: string | undefined
  #target!: ReadonlyMap<string, Position>
  #joinAt!: number
  #limit = firstPage

  /** @param since - where topics that the resume point does not name begin */
  constructor(
    broker: Broker,
    feed: Feed,
    { positions, unknownId }: ResumePoint,
    since: ReadonlyMap<string, Position>,
    environment: Environment,
  ) {
    this.#broker = broker
    this.#feed = feed
    this.#retry = new Retry(environment)
    this.#unknownId = unknownId
    this.#aim()
    const keys = [...this.#target.keys()]
    this.#earliest = keys.filter((key) => positions.get(key) === 'earliest')
    this.#positions = new Map(keys.map((key) => [key, startOf(key, positions, since)]))
    this.#pending = keys.filter((key) => this.#order(key) !== 0)
  }

  /** True when the feed has everything the subscriber needs. */
  get idle(): boolean {
    return this.#pending.length === 0 && this.#unknownId === undefined
  }

  /** Where the subscriber is, as an id. */
  get checkpoint(): string {
    return formatPositionId(undefined, this.#positions)
  }

  /** Stop waiting for a broker that does not answer. */
  cancel(): void {
    this.#retry.cancel()
  }

  /** The next entries, or the sequence number in the feed's ring from which it has everything. */
  async next(): Promise<RingEntry<HubEvent>[] | number> {
    if (this.#unknownId !== undefined) return [this.#announceUnknown(this.#unknownId)]
    // All of them first: an id holds every topic's position, and a client may come back with any.
    if (this.#earliest.length > 0) {
      for (const key of this.#earliest.splice(0)) await this.#findEarliest(key)
      // Told without an event, since there may be none: until then the client was nowhere.
      return []
    }
    const [key] = this.#pending
    if (key === undefined) return this.#joinAt
    const page = await this.#readPage(key, this.#position(key), this.#limit)
    return page ? this.#take(key, page) : this.#joinAt
  }

  async #findEarliest(key: string): Promise<void> {
    const page = await this.#readPage(key, 'earliest', 1)
    if (page) this.#positions.set(key, startOfPage(page.events, page.head))
    this.#pending = [...this.#target.keys()].filter((other) => this.#order(other) !== 0)
  }

  /** Undefined once it was cancelled. */
  #readPage(key: string, after: Position | 'earliest', limit: number): Promise<HistoryPage | undefined> {
    return this.#retry.call(() => this.#broker.read(this.#topic(key), after, limit))
  }

  #position(key: string): Position {
    return this.#positions.get(key) as Position
  }

  /** Negative when the subscriber is behind the feed in this topic. */
  #order(key: string): number {
    return comparePositions(this.#position(key), this.#target.get(key) as Position)
  }

  #aim(): void {
    this.#target = this.#feed.snapshot()
    this.#joinAt = this.#feed.ring.end
  }

  #topic(key: string): string {
    return this.#feed.topics.get(key) as string
  }

  async #take(key: string, page: HistoryPage): Promise<RingEntry<HubEvent>[]> {
    const target = this.#target.get(key) as Position
    const entries: RingEntry<HubEvent>[] = []
    if (page.gap) entries.push(this.#announce(page.gap, key, startOfPage(page.events, page.head)))
    for (const stored of page.events) {
      // The feed has it from here on.
      if (comparePositions(stored.position, target) > 0) break
      this.#positions.set(key, stored.position)
      entries.push(eventEntry(this.#topic(key), key, stored, this.#positions, encodeBody(stored)))
    }
    // Behind, and nothing more to be had: the broker lost it without saying so.
    if (entries.length === 0 && this.#order(key) < 0) entries.push(this.#announce('trimmed', key, target))
    this.#adjustLimit(entries)
    if (this.#order(key) === 0) this.#pending.shift()
    else if (this.#order(key) > 0) await this.#waitForFeed(key)
    return entries
  }

  // The client comes from a hub that is a little ahead of this one: what it has must not be given again.
  async #waitForFeed(key: string): Promise<void> {
    await this.#retry.waitFor(() => comparePositions(this.#feed.positionOf(key), this.#position(key)) >= 0)
    this.#aim()
    this.#pending = [...this.#target.keys()].filter((other) => this.#order(other) !== 0)
  }

  #adjustLimit(entries: readonly RingEntry[]): void {
    if (entries.length === 0) return
    const bytes = entries.reduce((total, { body }) => total + body.length, 0)
    this.#limit = Math.max(1, Math.min(maxPage, Math.floor((pageBytes * entries.length) / bytes)))
  }

  #announce(reason: GapReason, key: string, start: Position): RingEntry<HubEvent> {
    const from = this.checkpoint
    this.#positions.set(key, start)
    return gapEntry({ reason, topics: [this.#topic(key)], from, to: formatPositionId(key, this.#positions) })
  }

  #announceUnknown(from: string): RingEntry<HubEvent> {
    this.#unknownId = undefined
    return gapEntry({ reason: 'unknown-id', topics: [...this.#feed.topics.values()], from, to: this.checkpoint })
  }
}

function startOf(key: string, positions: ResumePoint['positions'], since: ReadonlyMap<string, Position>): Position {
  const start = positions.get(key) ?? since.get(key)
  return start === 'earliest' || start === undefined ? { epoch: 0, offset: 0 } : start
}
