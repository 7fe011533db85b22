import { onDeno } from '../runtime.ts'
import { decodeLastEventId } from '../wire/last-event-id.ts'

/**
 * Where a client wants to go on: a non-empty `Last-Event-ID` header wins, else `?lastEventId=`, else the empty string.
 *
 * Source: WHATWG HTML, section 9.2.3 "Processing model": the header's value is the ID encoded as UTF-8.
 */
export function lastEventIdOf(request: Request, query: URLSearchParams = queryOf(request)): string {
  const header = request.headers.get('last-event-id')
  if (header) return decodeLastEventId(header)
  return query.get('lastEventId') ?? ''
}

/** Whether the client is `connect()`, which says so: `Accept: text/event-stream;holdfast=1`. */
export function isHoldfastClient(request: Request): boolean {
  return /;\s*holdfast=1\b/.test(request.headers.get('accept') ?? '')
}

/**
 * Whether the client keeps the whole vector of its topics' positions itself, so that an event's id need not tell it. A client
 * of ours says so, unless it hands the bytes on to somebody who may not: `;ids=whole`.
 */
export function keepsVector(request: Request): boolean {
  return isHoldfastClient(request) && !/;\s*ids=whole\b/.test(request.headers.get('accept') ?? '')
}

// On the request itself: entries of a WeakSet of all open ones are work for each collection of garbage.
const isReported: unique symbol = Symbol('isReported')

type Noted = Request & { [isReported]?: true }

/**
 * For adapters: a client that leaves is always told through the response's body, so the request's signal need not be
 * watched. Making one costs several KB a request on Node 26, and Deno 2.9 prints a warning.
 */
export function reportsDisconnect(request: Noted): void {
  request[isReported] = true
}

/**
 * Call back once when the request is aborted. Returns how to stop watching.
 *
 * On Deno it is not watched: `Deno.serve` (2.9) cancels the body of every client that leaves, and aborts the signal after
 * every response, however it ended, with a warning that it does so.
 */
export function onDisconnect(request: Noted, callback: (reason: unknown) => void): () => void {
  if (onDeno || request[isReported]) return nothingWatched
  return watch(request.signal, callback)
}

function nothingWatched(): void {}

function watch(signal: AbortSignal, callback: (reason: unknown) => void): () => void {
  const abort = (): void => callback(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

/**
 * The URL of a request, whatever it names as its host: runtimes make it from what the client has sent, and some hand on
 * what they cannot parse, or the path alone (Bun 1.4 for a request of HTTP/1.0). Then it is that path, on `localhost`.
 */
export function urlOf({ url }: Pick<Request, 'url'>): URL {
  if (URL.canParse(url)) return new URL(url)
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return new URL(`http://localhost${path.startsWith('/') ? '' : '/'}${path}`)
}

/** The query of a request, without its whole URL being parsed for it. */
export function queryOf({ url }: Pick<Request, 'url'>): URLSearchParams {
  const [, query] = /^[^?#]*\?([^#]*)/.exec(url) ?? []
  return new URLSearchParams(query)
}
