import type { RingEntry } from '../fanout/chunk.ts'
import { formatBody } from '../wire/encode.ts'
import { formatPositionId, type Position } from '../wire/position.ts'
import type { StoredEvent } from './broker/broker.ts'
import { isMark, typeOf } from './marks.ts'
import type { HubEvent } from './types.ts'

/** What becomes of a topic's log in a ring. */

const encoder = new TextEncoder()
// With an id line before it: sets the client's last event ID and dispatches nothing.
const blankLine = encoder.encode('\n')

/** Encode what all feeds share of an event: everything but its id. */
export function encodeBody(stored: StoredEvent): Uint8Array {
  return isMark(stored) ? blankLine : encoder.encode(formatBody({ event: typeOf(stored), data: stored.data }))
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
  return { id, body, event: new DeliveredEvent(topic, typeOf(stored) ?? 'message', stored.data, id) }
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
