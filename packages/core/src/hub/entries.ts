import type { RingEntry } from '../fanout/chunk.ts'
import { formatBody } from '../wire/encode.ts'
import { formatPositionId, type Position } from '../wire/position.ts'
import type { StoredEvent } from './broker/broker.ts'
import { isMark } from './marks.ts'
import type { HubEvent } from './types.ts'

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
  return { id, body, event: { topic, event: stored.event ?? 'message', data: stored.data, id } }
}
