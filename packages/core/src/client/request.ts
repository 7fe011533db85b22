import { begin, idOf } from './accepted.ts'
import { isDenial } from './answer.ts'
import type { Connection } from './connection.ts'
import { createEndpoints } from './endpoints.ts'
import type { Link } from './link.ts'

/** Reserved in the query: everything that is kept. */
export const earliest = 'earliest'

/**
 * Ask for the stream, and a second time where other headers may do.
 *
 * @param refused - the answer to the first time
 */
export async function ask(connection: Connection, link: Link, refused?: Response): Promise<Response> {
  const { options } = connection
  const { headers: given } = options
  const asks = typeof given === 'function'
  const headers = new Headers(await (asks ? given(link.endpoint.url) : given))
  if (refused?.status === 403 && String([...headers]) === String([...(link.headers as Headers)])) return refused
  cancel(refused?.body)
  // The attempt may be over by now.
  link.abort.signal.throwIfAborted()
  link.headers = headers
  link.asked = connection.clock.now()
  const response = await (options.fetch ?? fetch)(...requestOf(connection, link, new Headers(headers)))
  return !refused && asks && isDenial(response.status) ? ask(connection, link, response) : response
}

/** Give up a body, or what reads it. */
export function cancel(stream: { cancel(): Promise<void> } | null | undefined): void {
  stream?.cancel().catch(() => {})
}

/**
 * The arguments for fetch.
 *
 * `holdfast=1` tells the hub that this client understands 503 with Retry-After. Positions go to another origin in the
 * query: as a header they would cost a browser a preflight per URL, while opaque ids are nobody's parameter but a header's.
 */
function requestOf(connection: Connection, link: Link, headers: Headers): [string, RequestInit] {
  const { lastEventId } = link
  const { options } = connection
  const url = new URL(link.endpoint.url)
  const query = url.searchParams
  const { location } = globalThis as { location?: { origin: string } }
  if (link.standby) query.set('mode', 'standby')
  if (options.heartbeat !== undefined) query.set('heartbeat', options.heartbeat as number & string)
  if (options.acknowledge) query.set('ack', '1')
  if (!headers.has('accept')) headers.set('accept', 'text/event-stream;holdfast=1')
  if (lastEventId === earliest || (location && location.origin !== url.origin && lastEventId.startsWith('c1~'))) {
    query.set('lastEventId', lastEventId)
  } else if (lastEventId) {
    // Header values are bytes: the standard sends the id in UTF-8.
    headers.set('last-event-id', String.fromCharCode(...new TextEncoder().encode(lastEventId)))
  }
  // A browser adds Cache-Control itself, after CORS has been asked about the other headers. Bun and Deno forget it; workerd
  // throws at `cache`.
  if (!location) headers.set('cache-control', 'no-cache')
  return [
    url.href,
    {
      method: options.method,
      headers,
      body: options.body,
      signal: link.abort.signal,
      credentials: options.credentials,
      cache: location && 'no-store',
    } as RequestInit,
  ]
}

/** If the request was one to be made once, look where a GET can go on with it. */
export function resumeByGet(connection: Connection, link: Link, response: Response): void {
  const { options } = connection
  const { url } = link.endpoint
  const location = response.headers.get('content-location')
  const target = options.resumeUrl ?? location
  const base = target === location ? response.url || url : url
  if (!connection.once || target === null || !URL.canParse(target, base)) return
  const resumeUrl = new URL(target, base)
  // The application's headers are not for whom a server names, be it by a redirect.
  if (target === location && resumeUrl.origin !== new URL(url).origin) return
  connection.endpoints = createEndpoints(resumeUrl, connection.clock)
  connection.options = { ...options, method: 'GET', body: undefined }
  connection.once = false
  // Everything of the resource belongs to the application, as long as nothing says how much of it it has.
  if (!idOf(connection)) begin(connection, earliest)
}
