import { callSafely } from '../../report.ts'
import type { RingEntry } from '../../fanout/chunk.ts'
import type { Prelude } from '../../fanout/pending.ts'
import type { SubscriberOptions } from '../../fanout/subscriber.ts'
import { lastEventIdOf } from '../../response/request.ts'
import { parsePositionId, type Position, writePosition, type WrittenPosition } from '../../wire/position.ts'
import type { Feed } from '../feed.ts'
import type { HubEvent, Start } from '../types.ts'
import { gapEvent } from './gap.ts'
import { HistoryReplay, type ReplayParts } from './replay.ts'

/** Where a client wants to go on. */
export interface ResumePoint {
  /** Where each topic of a subscription begins; a topic that is absent begins now. */
  positions: ReadonlyMap<string, Position | Exclude<Start, 'now'>>
  /** An id that is not a hub's: what came after it is not known. */
  unknownId?: string
}

const now: ResumePoint = { positions: new Map() }

/** Where a request wants to go on. The reserved words are for the query only: a header carries what a server once sent. */
export function resumePointOf(
  request: Request,
  query: URLSearchParams,
  topics: ReadonlyMap<string, string>,
): ResumePoint {
  const id = lastEventIdOf(request, query)
  return request.headers.get('last-event-id') ? resumePointFrom(id, topics) : resumePointAt(id, topics)
}

/** Where to go on after an id, or at one of the reserved words. */
export function resumePointAt(id: string, topics: ReadonlyMap<string, string>): ResumePoint {
  return id === 'earliest' || id === 'last' ? beginAt(topics.keys(), id) : resumePointFrom(id, topics)
}

/** Where to go on after an id; the reserved words and the empty string are not special here. */
function resumePointFrom(id: string, topics: ReadonlyMap<string, string>): ResumePoint {
  if (id === '') return now
  const parsed = parsePositionId(id)
  if (!parsed) return { ...now, unknownId: id }
  return { positions: new Map([...parsed.positions].filter(([key]) => topics.has(key))) }
}

/** Whether it says what the client has: it was here before. */
export function hasId({ positions, unknownId }: ResumePoint): boolean {
  return unknownId !== undefined || [...positions.values()].some((position) => typeof position === 'object')
}

/** What a subscriber gets that comes to a feed from a resume point: what it missed, then the feed. */
export interface Resumption extends Pick<SubscriberOptions, 'places' | 'ids' | 'accepts'>, Pick<Prelude, 'replay'> {
  /** Where it is, where that can be told at open. */
  checkpoint?: string | undefined
}

/** How to resume. */
export interface ResumeOptions {
  /** Where to begin who does not say it. Default with all that a run made or that has ended, and else now. */
  start?: Start | undefined
  /** Which events are wanted; a gap always is. */
  filter?: ((event: HubEvent) => boolean) | undefined
  /** It keeps the whole vector of its topics itself, so that an event need not tell it. */
  keepsVector?: boolean
  /** It looks at the events themselves. */
  needsEvents?: boolean
}

/** @param since - where the feed was, in the order of its subscriptions, when it was asked for */
export function resume(
  parts: ReplayParts,
  since: readonly WrittenPosition[],
  from: ResumePoint,
  { start, filter, keepsVector = false, needsEvents = filter !== undefined }: ResumeOptions = {},
): Resumption {
  const { feed } = parts
  const { positions, unknownId } = isOpen(from) ? beginning(feed, start) : from
  const beginnings = new Map([...positions].filter(isBeginning))
  // One that begins now stands where all do: thousands of readers share what is written of that.
  const places = feed.places((key, index) => {
    const position = positions.get(key)
    if (position === undefined) return since[index] as WrittenPosition
    return writePosition(key, typeof position === 'object' ? position : { epoch: 0, offset: 0 })
  })
  const ids = feed.idsFor(places, keepsVector, needsEvents)
  const replay = new HistoryReplay(parts, { places, beginnings, unknownId })
  // Who comes with a strange id, or begins before anything known here, is told where it is by the first page.
  const isTold = unknownId === undefined && beginnings.size === 0
  return {
    checkpoint: isTold ? ids.checkpoint(places) : undefined,
    places,
    ids,
    replay: replay.isEmpty ? undefined : replay,
    accepts: filter && ((entry: RingEntry) => isWanted(entry, filter)),
  }
}

function isBeginning(each: [string, Position | 'earliest' | 'last']): each is [string, 'earliest' | 'last'] {
  return typeof each[1] === 'string'
}

function beginning(feed: Feed, start: Start | undefined): ResumePoint {
  const keys = [...feed.topics.keys()]
  if (start) return beginAt(keys, start)
  const whole = keys.filter((key) => feed.isWhole(key))
  return beginAt(whole, 'earliest')
}

/** Begin there in the topics with these keys. */
function beginAt(keys: Iterable<string>, start: Start): ResumePoint {
  return start === 'now' ? now : { positions: new Map([...keys].map((key) => [key, start])) }
}

/** Whether it says nothing: where to begin is for somebody else to say. */
function isOpen({ positions, unknownId }: ResumePoint): boolean {
  return positions.size === 0 && unknownId === undefined
}

// What a filter throws rejects the event.
function isWanted(entry: RingEntry, filter: (event: HubEvent) => boolean): boolean {
  const event = entry.event as HubEvent | undefined
  return event !== undefined && (event.event === gapEvent || callSafely(filter, event) === true)
}
