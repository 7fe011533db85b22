/**
 * Exactly once, in each topic's order, from streams that overlap.
 *
 * `accepted[t]` is the highest position accepted and only grows, so nothing comes twice or out of order. An event is
 * delivered only from a stream that brought everything since some position at or before that, so nothing is skipped
 * without a gap being told. Nothing here waits.
 */
import type { ReceivedEvent } from '../wire/event.ts'
import { parsePositionId, type Position } from '../wire/position.ts'
import { idOf, isAhead, name } from './accepted.ts'
import type { Connection } from './connection.ts'
import type { Link } from './link.ts'
import { takeOpaque } from './opaque.ts'
import type { ConnectionGap } from './types.ts'
import { deliver, drop, reopen, stale, type Verdict } from './verdict.ts'

/**
 * Take what a stream brought, and pass on what is new: an event, or an id without one, up to which everything was written
 * to this stream.
 *
 * @param ownId - undefined for an event without an id of its own
 */
export function take(connection: Connection, link: Link, ownId: string | undefined, event?: ReceivedEvent): Verdict {
  const parsed = parsePositionId(ownId ?? '')
  if (!parsed) return takeOpaque(connection, link, ownId, event)
  const { advanced, positions } = parsed
  const missing = missingIn(connection, link, event)
  if (missing) event = undefined
  // An event comes right after the position before its own. A gap is a checkpoint that admits to a hole.
  const { epoch, offset } = positions.get(advanced) as Position
  const starts = new Map(positions)
  if (event) starts.set(advanced, { epoch, offset: Math.max(offset - 1, 0) })

  for (const [key, start] of starts) learn(connection, link, key, start, missing?.includes(key))
  let verdict: Verdict = drop
  for (const [key, start] of starts) {
    if (!event || key === advanced)
      verdict = Math.max(verdict, advance(connection, link, key, positions.get(key) as Position, start)) as Verdict
  }
  const id = idOf(connection, event && advanced)
  // Where streams overlap, an event's own id says where its stream is: this says what the application has.
  if (!event || verdict === deliver) {
    connection.queue.push({ id, event: event && Object.assign(event, { id, topic: connection.names.get(advanced) }) })
  }
  return verdict
}

/** A stream has gone: what it left to this one, this one may have dropped. */
export const settle = (connection: Connection, link: Link): Verdict =>
  [...link.base.keys()].some((key) => hole(connection, link, key) === reopen) ? reopen : drop

// The topics of which an event says that something is missing.
function missingIn(connection: Connection, link: Link, event?: ReceivedEvent): string[] | undefined {
  if (event?.event !== 'gap') return undefined
  try {
    const { topics, reason } = JSON.parse(event.data) as ConnectionGap
    const keys = name(connection, topics)
    link.reason = reason
    return keys
  } catch {
    // Somebody else's idea of a gap.
    return undefined
  }
}

// Where a topic is seen for the first time, it begins.
function learn(connection: Connection, link: Link, key: string, start: Position, missing = false): void {
  const { accepted } = connection
  // Nothing is known of the topic, so nothing would be missed: but the server knows better.
  if (missing && !accepted.has(key)) report(connection, link.reason, key, start)
  if (missing || !link.base.has(key)) link.base.set(key, start)
  if (!accepted.has(key)) accepted.set(key, link.base.get(key) as Position)
}

/** @param start - where the stream begins, if it said nothing about that yet */
function advance(connection: Connection, link: Link, key: string, position: Position, start: Position): Verdict {
  const { accepted } = connection
  // Also from the only endpoint: behind one URL there may be a server that lags.
  if (position.epoch < (accepted.get(key) as Position).epoch) return stale
  if (!isAhead(connection, key, position)) return drop
  const verdict = hole(connection, link, key)
  if (verdict === drop && start !== position) {
    link.dropped.add(key)
    link.base.set(key, position)
  }
  if (verdict !== deliver) return verdict
  if (position.epoch > (accepted.get(key) as Position).epoch) report(connection, 'new-epoch', key, start)
  accepted.set(key, position)
  return deliver
}

// Look for events between what was accepted and what the stream brings, and close such a hole if nobody else can.
function hole(connection: Connection, link: Link, key: string): Verdict {
  const base = link.base.get(key) as Position
  if (!isAhead(connection, key, base)) return deliver
  for (const other of connection.links) {
    const start = other.base.get(key)
    // A suspect does not count as bringing anything.
    if (start && other !== link && other.open && !other.suspect && !isAhead(connection, key, start)) return drop
  }
  if (link.dropped.has(key)) return reopen
  report(connection, link.reason, key, base)
  return deliver
}

function report(connection: Connection, reason: ConnectionGap['reason'], key: string, position: Position): void {
  const from = idOf(connection)
  connection.accepted.set(key, position)
  const to = idOf(connection, key)
  connection.queue.push({ id: to, gap: { reason, topics: [connection.names.get(key) ?? key], from, to } })
}
