import { reportException } from '../report.ts'
import type { Link } from './link.ts'
import { type Clock, Timer } from './timer.ts'
import type { ConnectOptions } from './types.ts'

/** Who acknowledges. */
interface Acknowledging {
  readonly options: ConnectOptions
  readonly consumer: { readonly lastEventId: string }
}

/**
 * Tell a server what was consumed last, at a third of the interval it asked for, until the link is closed: POST `ack` beside
 * the endpoint, with the connection's name in the query.
 */
export function acknowledge(link: Link, conn: string, interval: number, { options, consumer }: Acknowledging, clock: Clock): void {
  if (link.acknowledging || !options.acknowledge) return
  link.acknowledging = true
  const { signal } = link.abort
  const url = new URL(link.endpoint.url)
  // What else is in the query may be a token.
  url.pathname = new URL('ack', url).pathname
  url.searchParams.set('conn', conn)
  const timer = new Timer(clock, () => {
    timer.set(interval / 3)
    const headers = new Headers(link.headers)
    headers.set('content-type', 'text/plain')
    void post(headers)
  })
  timer.set(interval / 3)
  signal.addEventListener('abort', () => timer.clear())

  async function post(headers: Headers): Promise<void> {
    try {
      const response = await (options.fetch ?? fetch)(url.href, { method: 'POST', headers, body: consumer.lastEventId, signal })
      await response.body?.cancel()
    } catch (error) {
      // The next one makes up for it.
      if (!signal.aborted) reportException(error)
    }
  }
}
