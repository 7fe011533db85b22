import type { Hint } from '../wire/hints.ts'
import { covers, name } from './accepted.ts'
import { acknowledge } from './acknowledge.ts'
import { type Connection, fail, finish } from './connection.ts'
import { drainShare, staleFor } from './constants.ts'
import { keep, update } from './failover.ts'
import type { Link } from './link.ts'
import { deliver, reopen, stale, type Verdict } from './verdict.ts'

/** Do with a stream as its delivery asks. */
export function obey(connection: Connection, link: Link, verdict: Verdict): void {
  const { primary, redundancy } = connection
  if (verdict === deliver) {
    link.useful = true
    if (primary?.leaving === 'behind' && redundancy.covered()) {
      keep(primary)
      update(connection)
    }
  } else if (verdict === stale) {
    if (connection.endpoints.all.length > 1) connection.endpoints.bar(link.endpoint, staleFor)
    link.close({ reason: 'stale' })
    // Servers contradict each other about the log: comparing them would bring nothing.
    redundancy.set(0)
  } else if (verdict === reopen) {
    link.close()
    update(connection, undefined, link.endpoint)
  }
}

export function hinted(connection: Connection, link: Link, hint: Hint): void {
  const { clock } = connection
  const { endpoint } = link
  const { heartbeat, load = endpoint.load, drain, conn, ack, topics, end } = hint
  if (link.closed) return
  connection.hints = true
  if (heartbeat !== undefined) link.expect(heartbeat)
  endpoint.load = load
  if (topics) name(connection, topics)
  if (conn && ack) acknowledge(connection, link, conn, ack)
  if (drain !== undefined) {
    link.drain = true
    endpoint.avoid = Math.max(endpoint.avoid, clock.now() + drain)
    // At a random moment, so that not all its clients move at once.
    if (!link.retire.due) link.retire(clock.random() * drainShare * drain)
  }
  connection.redundancy.hinted(hint, link)
  if (link === connection.primary) connection.hinted(link, hint)
  if (end && !link.standby) ended(connection, link, end)
}

function ended(connection: Connection, link: Link, end: Hint['end']): void {
  if (connection.accepted.size === 0 && link !== connection.primary) return
  // What this stream left to others is still to come.
  if (!covers(connection, link.base)) link.close({ reason: 'ended' })
  else if (end === 'failed') fail(connection, 'source-failed', { endpoint: link.endpoint.url })
  else finish(connection, 'done')
}
