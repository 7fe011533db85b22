import { reportException } from '../report.ts'
import type { Link } from './link.ts'
import { type Clock, Timer } from './timer.ts'

/** Tells a server that this client is alive, at a third of the interval it asked for, until the link is closed. */
export function acknowledge(link: Link, conn: string, interval: number, clock: Clock, send: (url: string, init: RequestInit) => Promise<Response>): void {
  const { signal } = link.abort
  const url = new URL('ack', link.endpoint.url)
  // What is in the query may be a token.
  url.search = new URL(link.endpoint.url).search
  url.searchParams.set('conn', conn)
  const timer = new Timer(clock, () => {
    timer.set(interval / 3)
    const headers = new Headers(link.headers)
    headers.set('content-type', 'text/plain')
    send(url.href, { method: 'POST', headers, signal }).then(
      (response) => response.body?.cancel(),
      // A lost one is made up for by the next.
      (error: unknown) => signal.aborted || reportException(error),
    ).catch(() => {})
  })
  timer.set(interval / 3)
  signal.addEventListener('abort', () => timer.clear())
}
