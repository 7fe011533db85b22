import { type Connection, say, tell } from './connection.ts'
import { overlap } from './constants.ts'
import type { EndpointState } from './endpoints.ts'
import type { Link } from './link.ts'
import { resumeByGet } from './request.ts'
import type { MoveReason } from './status.ts'

/** The streams that bring events, healthy or not. */
export const streams = (connection: Connection): Link[] =>
  [...connection.links].filter((link) => link.open && !link.standby)
const healthy = (connection: Connection): Link | undefined => streams(connection).find((link) => link.healthy)

/** The additional connection, also while it is being opened. */
export const extraOf = ({ links, primary }: Connection): Link | undefined =>
  [...links].find((link) => link !== primary && (link.purpose === 'full' || link.standby))

/**
 * Dial when no stream can be relied on, and stop dialling when one can.
 *
 * @param lost - the stream that has just been lost
 * @param known - an endpoint that is well
 */
export function update(connection: Connection, lost?: Link, known?: EndpointState): void {
  if (connection.closed || connection.once) return
  const next = healthy(connection) ?? streams(connection)[0]
  if (next && !connection.primary) {
    // It was to go when the other one had come.
    keep(next)
    promote(connection, next)
  }
  if (healthy(connection)) connection.race.stop()
  else connection.race.need(lost, known)
  connection.redundancy.update()
}

/** From now on this stream delivers. */
function promote(connection: Connection, link: Link): void {
  const { primary, from } = connection
  const endpoint = link.endpoint.url
  connection.primary = link
  connection.from = endpoint
  const reason = primary?.leaving ?? (primary?.suspect ? 'suspect' : 'lost')
  if (from && from !== endpoint) say(connection, 'switched', endpoint, { from, reason })
  say(connection, 'open', endpoint)
}

/** Replace a stream before it ends. */
export function leave(connection: Connection, link: Link | undefined, reason: MoveReason): void {
  if (!link?.healthy || connection.once) return
  link.leaving = reason
  const next = healthy(connection)
  if (next && link === connection.primary) {
    promote(connection, next)
    relieve(connection, next)
  }
  update(connection)
}

/** Don't replace it after all, unless its server goes away. */
export function keep(link: Link): void {
  link.leaving = link.drain ? 'drain' : undefined
  link.retire()
}

/** Close what is to be replaced, now that another stream is live. */
export function relieve(connection: Connection, live: Link): void {
  if (live.standby) return
  for (const link of streams(connection)) {
    if (link === live || !link.leaving) continue
    if (link.leaving === 'behind') connection.endpoints.failed(link.endpoint)
    if (!link.retire.due) link.retire(link.leaving === live.purpose ? overlap : 0)
  }
}

export function opened(connection: Connection, link: Link, response: Response): void {
  const { primary, redundancy } = connection
  resumeByGet(connection, link, response)
  if (link.standby) {
    tell(connection, link, true)
    return redundancy.update()
  }
  if (link.purpose === 'full') {
    if (primary?.healthy) tell(connection, link, true)
  } else if (primary && link.purpose !== 'race') primary.leaving = link.purpose as MoveReason
  if (!primary?.healthy) promote(connection, link)
  // It replaces suspects, and all others where only one stream may count.
  for (const other of streams(connection)) {
    if (other === link || (!other.suspect && connection.accepted.size > 0)) continue
    if (other.suspect) connection.endpoints.failed(other.endpoint)
    other.close()
  }
  update(connection)
}

/** A stream fell silent, or is heard again. */
export function doubted(connection: Connection, link: Link): void {
  if (link.suspect) connection.redundancy.more()
  if (link === connection.primary) say(connection, link.suspect ? 'suspect' : 'open', link.endpoint.url)
  update(connection)
}
