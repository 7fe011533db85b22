import type { Environment } from '../../environment.ts'
import { Chunk, type RingEntry } from '../../fanout/chunk.ts'
import type { Page, Replay } from '../../fanout/replay-reader.ts'
import type { Place } from '../../fanout/place.ts'
import { comparePositions, joinPositions, type Position } from '../../wire/position.ts'
import type { Broker } from '../broker/broker.ts'
import { Retry } from '../broker/retry.ts'
import type { Feed } from '../feed.ts'
import type { GapReason } from '../gap-reason.ts'
import type { Meters } from '../meters/meters.ts'
import type { HubEvent } from '../types.ts'
import { gapEntry, startOfPage, topicGapEntry } from './gap.ts'
import { positionBeforeLast } from './last.ts'
import { Leg } from './leg.ts'
import type { RecentPages } from './recent-pages.ts'
import type { ReplayPage } from './replay-page.ts'

/** What a {@link HistoryReplay} is made from. */
export interface ReplayParts {
  broker: Broker
  pages: RecentPages
  /** What it leads to. */
  feed: Feed
  environment: Environment
  meters: Meters
}

/** What is to be replayed. */
export interface Missed {
  /** Where the subscriber is, and to the end of whose rings it is led. */
  places: readonly Place[]
  /** Topics of which the beginning is to be found first, by their keys. */
  beginnings?: ReadonlyMap<string, 'earliest' | 'last'>
  /** An id that is not a hub's: what came after it is not known. */
  unknownId?: string | undefined
}

/**
 * What a subscriber missed, from where its places are in their topics up to where their rings were when this began; there
 * it hands over to the rings.
 *
 * The subscriber has its places already when this begins to read, so an event is in the history, or in a ring after the
 * hand-over, or in both; positions tell which. What the history no longer has is announced as a gap.
 */
export class HistoryReplay implements Replay {
  readonly #parts: ReplayParts
  readonly #legs: readonly Leg[]
  readonly #retry: Retry
  #beginnings: ReadonlyMap<string, 'earliest' | 'last'> | undefined
  #unknownId: string | undefined

  constructor(parts: ReplayParts, { places, beginnings, unknownId }: Missed) {
    this.#parts = parts
    this.#legs = places.map((place) => new Leg(place, parts.feed.subscriptionAt(place)))
    this.#retry = new Retry(parts.environment)
    this.#beginnings = beginnings?.size ? beginnings : undefined
    this.#unknownId = unknownId
  }

  /** True when the rings have everything the subscriber needs. */
  get isEmpty(): boolean {
    return this.#unknownId === undefined && !this.#beginnings && this.#legs.every(({ order }) => order === 0)
  }

  async read(): Promise<Page | undefined> {
    if (this.#unknownId !== undefined) return pageOf([this.#announceUnknown(this.#unknownId)])
    // All of them first: an id holds every topic's position, and a client may come back with any.
    if (this.#beginnings) return this.#begin(this.#beginnings)
    const leg = this.#legs.find(({ order }) => order !== 0)
    return leg && this.#readLeg(leg)
  }

  taken(chunk: Chunk): void {
    this.#parts.meters.replayed(chunk)
  }

  /** Stop waiting for a broker that does not answer. */
  cancel(): void {
    this.#retry.cancel()
  }

  async #readLeg(leg: Leg): Promise<Page | undefined> {
    const page = await this.#retry.call(() => this.#parts.pages.read(leg.subscription, leg.position))
    if (!page) return undefined
    // The ring has what comes after its target.
    const chunk = this.#withGap(page, page.chunkBetween(leg.position, leg.target), leg)
    const position = chunk.position ?? leg.position
    if (comparePositions(position, leg.target) > 0) await this.#waitForRing(leg, position)
    return { chunk, place: leg.place }
  }

  async #begin(beginnings: ReadonlyMap<string, 'earliest' | 'last'>): Promise<Page> {
    this.#beginnings = undefined
    for (const leg of this.#legs) {
      const start = beginnings.get(leg.key)
      if (start) await this.#beginAt(leg, start)
    }
    // Told without an event, since there may be none: until then the client was nowhere.
    return pageOf([])
  }

  async #beginAt(leg: Leg, start: 'earliest' | 'last'): Promise<void> {
    const page = await this.#retry.call(() => this.#parts.broker.read(leg.topic, 'earliest', 1))
    if (!page) return
    const read = (): Promise<Position> => positionBeforeLast(this.#parts.broker, leg.topic, page)
    const position = start === 'last' ? await this.#retry.call(read) : startOfPage(page)
    if (position) leg.place.position = leg.write(position)
  }

  #withGap({ gap, start }: ReplayPage, chunk: Chunk, leg: Leg): Chunk {
    if (gap) return new Chunk([this.#announce(gap, leg, start), ...chunk.entries])
    // Behind, and nothing more to be had: the broker lost it without saying so.
    const isLost = chunk.span === 0 && leg.order < 0
    return isLost ? new Chunk([this.#announce('trimmed', leg, leg.target)]) : chunk
  }

  // The client comes from a hub that is a little ahead of this one: what it has must not be given again.
  async #waitForRing(leg: Leg, position: Position): Promise<void> {
    await this.#retry.waitFor(() => leg.hasReached(position))
    leg.aimAgain()
  }

  #announce(reason: GapReason, leg: Leg, start: Position): RingEntry<HubEvent> {
    this.#parts.meters.announced(reason, [leg.topic])
    return topicGapEntry(reason, leg.topic, leg.position, leg.write(start))
  }

  #announceUnknown(from: string): RingEntry<HubEvent> {
    this.#unknownId = undefined
    const topics = [...this.#parts.feed.topics.values()]
    this.#parts.meters.announced('unknown-id', topics)
    return gapEntry({
      reason: 'unknown-id',
      topics,
      from,
      to: joinPositions(this.#legs.map(({ position }) => position)),
    })
  }
}

function pageOf(entries: readonly RingEntry[]): Page {
  return { chunk: new Chunk(entries), place: undefined }
}
