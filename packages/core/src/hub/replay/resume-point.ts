import { lastEventIdOf } from '../../response/request.ts'
import { parsePositionId } from '../../wire/position.ts'
import type { Position } from '../broker/broker.ts'
import type { Start } from '../types.ts'

/** Where each topic of a subscription begins; a topic that is absent begins now. */
export type StartPositions = ReadonlyMap<string, Position | Exclude<Start, 'now'>>

/** Where a client wants to go on. */
export interface ResumePoint {
  positions: StartPositions
  /** An id that is not a hub's: what came after it is not known. */
  unknownId?: string
}

const now: ResumePoint = { positions: new Map() }

/** Where a request wants to go on. The reserved words are for the query only: a header carries what a server once sent. */
export function resumePointOf(request: Request, topics: ReadonlyMap<string, string>): ResumePoint {
  const id = lastEventIdOf(request)
  return request.headers.get('last-event-id') ? resumePointFrom(id, topics) : resumePointAt(id, topics)
}

/** Where to go on after an id, or at one of the reserved words. */
export function resumePointAt(id: string, topics: ReadonlyMap<string, string>): ResumePoint {
  return id === 'earliest' || id === 'last' ? beginAt(topics.keys(), id) : resumePointFrom(id, topics)
}

/** Where to go on after an id; the reserved words and the empty string are not special here. */
export function resumePointFrom(id: string, topics: ReadonlyMap<string, string>): ResumePoint {
  if (id === '') return now
  const parsed = parsePositionId(id)
  if (!parsed) return { ...now, unknownId: id }
  return { positions: new Map([...parsed.positions].filter(([key]) => topics.has(key))) }
}

/** Begin there in the topics with these keys. */
export function beginAt(keys: Iterable<string>, start: Start): ResumePoint {
  return start === 'now' ? now : { positions: new Map([...keys].map((key) => [key, start])) }
}

/** Whether it says what the client has: it was here before. */
export function hasId({ positions, unknownId }: ResumePoint): boolean {
  return unknownId !== undefined || [...positions.values()].some((position) => typeof position === 'object')
}

/** Whether it says nothing: where to begin is for somebody else to say. */
export function isOpen({ positions, unknownId }: ResumePoint): boolean {
  return positions.size === 0 && unknownId === undefined
}
