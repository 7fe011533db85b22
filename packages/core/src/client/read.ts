import { parseHint } from '../wire/hints.ts'
import { createBlockReader } from './blocks.ts'
import type { Connection } from './connection.ts'
import { headTimeout, longestRetryAfter } from './constants.ts'
import { take } from './delivery.ts'
import { opened } from './failover.ts'
import { hinted, obey } from './intake.ts'
import type { Link } from './link.ts'
import { earliest } from './request.ts'

/** Read an answer that is an event stream, until it ends. */
export async function read(connection: Connection, link: Link, response: Response): Promise<void> {
  const { lastEventId, endpoint } = link
  const reader = (link.reader = (response.body as ReadableStream<Uint8Array>).getReader())
  const push = createBlockReader(
    lastEventId === earliest ? '' : lastEventId,
    (id, event) => {
      if (link.closed || link.standby) return
      obey(connection, link, take(connection, link, id, event))
      if (!event) connection.redundancy.update()
    },
    (text) => {
      const hint = parseHint(text)
      if (hint) hinted(connection, link, hint)
    },
    (milliseconds) => void (connection.race.base = Math.min(milliseconds, longestRetryAfter)),
  )
  link.open = true
  link.since = connection.clock.now()
  connection.endpoints.answered(endpoint, link.since - link.asked)
  // Where nothing else can be tried, and no server of ours is known to be there, waiting is all there is to do.
  if (
    connection.once ||
    connection.options.idleTimeout === 0 ||
    (connection.endpoints.all.length === 1 && !connection.hints)
  )
    link.heard()
  // The first byte has as long as the head had, however late that came.
  else if (link.silence.due) link.silence(headTimeout)
  opened(connection, link, response)
  for (;;) {
    const { done, value } = await reader.read()
    if (link.closed) return
    if (done) return link.close({ reason: 'ended' })
    link.heard()
    push(value)
    if (!connection.queue.full || link.standby) continue
    // While nobody reads, silence is our own, and so is how late events come.
    endpoint.late = Infinity
    link.silence()
    while (connection.queue.full) await connection.queue.change()
    if (!link.closed) link.heard()
  }
}
