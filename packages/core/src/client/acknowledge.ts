import { createTimer } from './clock.ts'
import type { Connection } from './connection.ts'
import { shortestAcknowledgement } from './constants.ts'
import type { Link } from './link.ts'

/**
 * Tell a server what was consumed last, at a third of the interval it asked for, until the link is closed: POST `ack` beside
 * the endpoint, with the connection's name in the query.
 */
export function acknowledge(connection: Connection, link: Link, conn: string, interval: number): void {
  if (!connection.options.acknowledge || link.acknowledge) return
  // What else is in the query may be a token.
  const url = new URL(`ack${new URL(link.endpoint.url).search}`, link.endpoint.url)
  url.searchParams.set('conn', conn)
  const delay = Math.max(interval / 3, shortestAcknowledgement)
  const timer = createTimer(connection.clock, async () => {
    timer(delay)
    const headers = { ...Object.fromEntries(link.headers as Headers), 'content-type': 'text/plain' }
    try {
      const response = await (connection.options.fetch ?? fetch)(url.href, {
        method: 'POST',
        headers,
        body: connection.consumer.lastEventId,
        signal: link.abort.signal,
      })
      await response.body?.cancel()
    } catch {
      // The next one makes up for it.
    }
  })
  link.acknowledge = timer
  timer(delay)
}
