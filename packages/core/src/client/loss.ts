import { codeOf, isDenial, isTemporary, type Loss } from './answer.ts'
import { type Connection, fail, finish, say, tell } from './connection.ts'
import { refusedFor } from './constants.ts'
import { settle } from './delivery.ts'
import type { EndpointState } from './endpoints.ts'
import { extraOf, streams, update } from './failover.ts'
import { obey } from './intake.ts'
import type { Link } from './link.ts'

/** A link was closed. @param loss - why, if that was not our doing */
export function closed(connection: Connection, link: Link, loss?: Loss): void {
  const delivered = link === connection.primary
  const extra = link === extraOf(connection)
  if (delivered) connection.primary = undefined
  connection.links.delete(link)
  if (extra && link.open) tell(connection, link, false)
  if (connection.closed) return
  // What it was to bring, the others may have left to it.
  for (const other of streams(connection)) obey(connection, other, settle(connection, other))
  if (loss) lost(connection, link, loss, delivered)
  // An additional connection retires by itself when its server drains.
  else connection.redundancy.update()
}

function lost(connection: Connection, link: Link, loss: Loss, delivered: boolean): void {
  judge(connection, link, loss)
  if (connection.closed) return
  if (link.open) connection.redundancy.more()
  const racing = link.purpose === 'race' && !link.open
  if (delivered || (racing && !connection.primary)) say(connection, 'lost', link.endpoint.url, loss)
  if (racing) connection.race.more()
  update(connection, link)
}

// Draw the consequences: for the endpoint, or for the whole connection.
function judge(connection: Connection, { endpoint, purpose, young }: Link, loss: Loss): void {
  const { reason, status, error: cause, retryAfter } = loss
  const { endpoints } = connection
  if (!young) endpoint.inARow = 0
  // An attempt that nobody depends on speaks for its endpoint only.
  if (status && !isTemporary(status) && purpose === 'race') refused(connection, endpoint, status)
  else if (connection.once) fail(connection, 'not-resumable', { endpoint: endpoint.url, status, cause })
  else if (reason !== 'ended' || young) {
    endpoints.failed(endpoint)
    if ((retryAfter as number) > 0) endpoints.bar(endpoint, retryAfter as number)
    if (status === 429) connection.race.busy.add(endpoint)
  }
}

function refused(connection: Connection, endpoint: EndpointState, status: number): void {
  const { endpoints } = connection
  endpoints.bar(endpoint, refusedFor)
  endpoint.refused = endpoint.barred
  if (status === 410) endpoints.all = endpoints.all.filter((other) => other !== endpoint)
  if (status === 204) finish(connection, 'no-content')
  // Denials are final; the rest is when all endpoints say so.
  else if (
    isDenial(status) ||
    connection.once ||
    endpoints.all.every(({ refused: until }) => until > connection.clock.now())
  )
    fail(connection, codeOf(status), { endpoint: endpoint.url, status })
}
