import type { ConnectOptions } from './types.ts'

/** What one request is made from. */
export interface RequestParts {
  url: string
  method: string
  body: BodyInit | null | undefined
  lastEventId: string
  standby: boolean
}

type Options = Pick<ConnectOptions, 'headers' | 'credentials' | 'heartbeat' | 'acknowledge'>

/** The headers of the application, asked for anew. */
export async function headersOf({ headers }: Options, url: string): Promise<Headers> {
  return new Headers(typeof headers === 'function' ? await headers(url) : headers)
}

/**
 * The arguments for fetch.
 *
 * `holdfast=1` tells the hub that this client understands 503 with Retry-After. Positions go to another origin in the
 * query: as a header they would cost a browser a preflight per URL, while opaque ids are nobody's parameter but a header's.
 */
export function requestOf(parts: RequestParts, options: Options, headers: Headers): [string, RequestInit] {
  const { method, body, lastEventId } = parts
  const url = new URL(parts.url)
  const query = url.searchParams
  const { location } = globalThis as { location?: { origin: string } }
  if (parts.standby) query.set('mode', 'standby')
  if (options.heartbeat !== undefined) query.set('heartbeat', `${options.heartbeat}`)
  if (options.acknowledge) query.set('ack', '1')
  if (!headers.has('accept')) headers.set('accept', 'text/event-stream;holdfast=1')
  if (lastEventId === earliest || (location && location.origin !== url.origin && lastEventId.startsWith('c1~'))) {
    query.set('lastEventId', lastEventId)
  } else if (lastEventId) {
    headers.set('last-event-id', byteString(lastEventId))
  }
  // A browser adds Cache-Control itself, after CORS has been asked about the other headers. Bun and Deno forget it; workerd
  // throws at `cache`.
  if (!location) headers.set('cache-control', 'no-cache')
  const init: RequestInit = { method, headers }
  if (location) init.cache = 'no-store'
  if (options.credentials) init.credentials = options.credentials
  if (body != null) init.body = body
  return [url.href, init]
}

/** Reserved in the query: everything that is kept. */
export const earliest = 'earliest'

// Header values are bytes: the standard sends the id in UTF-8.
function byteString(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}
