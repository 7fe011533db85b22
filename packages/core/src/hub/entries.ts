import type { RingEntry } from '../fanout/chunk.ts'
import { formatBody } from '../wire/encode.ts'
import { formatPositionId, type Position } from '../wire/position.ts'
import type { BrokerEvent, StoredEvent } from './broker/broker.ts'
import type { HubEvent } from './types.ts'

/** What lies in a topic's log, events and marks, and what becomes of it in a ring. */

// Marks are events that no client dispatches. Their names begin with LF, which nobody can publish.
const runName = '\nrun'
const endName = '\nend'

/** How a topic ended: its producer finished, or broke off. */
export type End = 'done' | 'failed'

/** Says that a producer has begun: published with the run's key, it lets only the first of them run. */
export const runMark: BrokerEvent = { event: runName, data: '' }

/** Says that nothing more will come, unless somebody publishes again. */
export function endMark(end: End): BrokerEvent {
  return { event: endName, data: end }
}

/** How the topic ended, where this is the mark that says so. */
export function endOf({ event, data }: StoredEvent): End | undefined {
  if (event !== endName) return undefined
  return data === 'failed' ? 'failed' : 'done'
}

const encoder = new TextEncoder()
// With an id line before it: sets the client's last event ID and dispatches nothing.
const blankLine = encoder.encode('\n')

/** Encode what all feeds share of an event: everything but its id. */
export function encodeBody(stored: StoredEvent): Uint8Array {
  return isMark(stored) ? blankLine : encoder.encode(formatBody(stored))
}

/** The entry of an event that has just advanced `positions`. A mark is only a checkpoint. */
export function eventEntry(
  topic: string,
  key: string,
  stored: StoredEvent,
  positions: ReadonlyMap<string, Position>,
  body: Uint8Array,
): RingEntry<HubEvent> {
  const id = formatPositionId(key, positions)
  if (isMark(stored)) return { id, body, comment: true }
  return { id, body, event: new DeliveredEvent(topic, stored.event ?? 'message', stored.data, id) }
}

function isMark({ event }: StoredEvent): boolean {
  return event?.startsWith('\n') === true
}

/** An event as loops and filters see it. A class, so that `json` costs nothing per event and is not among its own fields. */
export class DeliveredEvent implements HubEvent {
  declare readonly topic: string
  declare readonly event: string
  declare readonly data: string
  declare readonly id: string

  constructor(topic: string, event: string, data: string, id: string) {
    this.topic = topic
    this.event = event
    this.data = data
    this.id = id
  }

  json<T = unknown>(): T {
    return JSON.parse(this.data) as T
  }
}
