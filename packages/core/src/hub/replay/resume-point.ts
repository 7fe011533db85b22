import { lastEventIdOf } from '../../response/request.ts'
import { parsePositionId } from '../../wire/position.ts'
import type { Position } from '../broker/broker.ts'

/** Where each topic of a subscription begins; a topic that is absent begins now. */
export type StartPositions = ReadonlyMap<string, Position | 'earliest'>

/** Where a client wants to go on. */
export interface ResumePoint {
  positions: StartPositions
  /** An id that is not a hub's: what came after it is not known. */
  unknownId?: string
}

const now: ResumePoint = { positions: new Map() }

/** Where a request wants to go on. `earliest` is reserved in the query only: a header carries what a server once sent. */
export function resumePointOf(request: Request, topics: ReadonlyMap<string, string>): ResumePoint {
  const id = lastEventIdOf(request)
  if (id === 'earliest' && !request.headers.get('last-event-id')) return earliest(topics)
  return resumePointFrom(id, topics)
}

/** Where to go on after an id; `earliest` and the empty string are not special here. */
export function resumePointFrom(id: string, topics: ReadonlyMap<string, string>): ResumePoint {
  if (id === '') return now
  const parsed = parsePositionId(id)
  if (!parsed) return { ...now, unknownId: id }
  return { positions: new Map([...parsed.positions].filter(([key]) => topics.has(key))) }
}

/** Everything that is kept. */
export function earliest(topics: ReadonlyMap<string, string>): ResumePoint {
  return { positions: new Map([...topics.keys()].map((key) => [key, 'earliest'])) }
}

/** Who comes to a topic that has ended without saying from where gets all of it. */
export function fromStart(from: ResumePoint, topics: ReadonlyMap<string, string>): ResumePoint {
  return from.positions.size === 0 && from.unknownId === undefined ? earliest(topics) : from
}
