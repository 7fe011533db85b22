import type { EventStreamHandlers, EventStreamParser, EventStreamParserOptions } from '../../wire/parse.ts'
import { patientFetch, requestInit } from '../request-init.ts'
import type { ResumePoint } from '../resume-point.ts'
import type { ConnectOptions } from '../types.ts'

/** Makes what reads an answer. */
export type CreateParser = (
  handlers: EventStreamHandlers,
  options: EventStreamParserOptions,
) => Pick<EventStreamParser, 'push'>

/** One request for a stream. */
export interface StreamRequest extends Pick<
  ConnectOptions,
  'method' | 'headers' | 'body' | 'credentials' | 'fetch' | 'heartbeat' | 'acknowledge' | 'maxEventBytes'
> {
  readonly url: string
  /** Ask for a standby, which carries no events. */
  readonly standby: boolean
  /** Where to go on. */
  resume(): ResumePoint
  /** Read it as the answers to one poll after the other. */
  readonly polls?: boolean | undefined
  /** Ask for a finite answer: how long it may wait for something new, and what makes its URL one of its own. */
  readonly poll?: { readonly wait: number; readonly turn: string } | undefined
  /** Default the parser of the wire. */
  readonly createParser?: CreateParser | undefined
}

/** A request that can never be made, or whose answer can never be read: asking again would change nothing. */
export class InvalidRequest extends Error {}

/**
 * The headers of the application, as they are for this request.
 *
 * @throws {InvalidRequest} they are none
 * @throws what the application's function does
 */
export async function headersOf({ headers, url }: StreamRequest): Promise<Headers> {
  const own = await (typeof headers === 'function' ? headers(url) : headers)
  try {
    return new Headers(own)
  } catch (cause) {
    throw invalid(cause)
  }
}

/**
 * Ask for the stream.
 *
 * @throws {InvalidRequest} fetch can never make this request
 * @throws what fetch rejects with
 */
export async function ask(request: StreamRequest, own: Headers, signal: AbortSignal): Promise<Response> {
  const { method, body, credentials, createParser } = request
  const { id, start } = request.resume()
  const url = new URL(request.url)
  const idInQuery = start ?? (goesInQuery(url, id) ? id : '')
  askInQuery(url.searchParams, request, idInQuery)
  // Whoever has a parser of his own hands the bytes on, with their ids, to somebody who may keep the last one alone.
  const accept = `text/event-stream;holdfast=1${createParser ? ';ids=whole' : ''}`
  const { headers: standard, ...init } = requestInit(accept, idInQuery ? '' : id)
  const headers = new Headers(standard)
  for (const [name, value] of own) headers.set(name, value)
  const all = { ...init, method, headers, body, credentials, signal } as RequestInit
  if (!request.fetch) refuseImpossible(url, all)
  const response = await (request.fetch ?? patientFetch)(url.href, all)
  if (response.body && typeof response.body.getReader !== 'function') {
    throw invalid(new TypeError('Cannot read the response: its body is no ReadableStream of the web'))
  }
  return response
}

// Nothing that nobody asked for.
function askInQuery(
  query: URLSearchParams,
  { standby, poll, heartbeat, acknowledge }: StreamRequest,
  lastEventId: string,
): void {
  const asked = {
    mode: poll ? 'poll' : standby && 'standby',
    wait: poll?.wait,
    turn: poll?.turn,
    heartbeat,
    ack: acknowledge && 1,
    lastEventId: lastEventId || undefined,
  }
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && value !== false) query.set(name, `${value}`)
  }
}

// As a header a position would cost a browser a preflight for each URL of another origin; an opaque id is nobody's
// parameter, but it is a header of the standard's.
function goesInQuery({ origin }: URL, id: string): boolean {
  const { location } = globalThis as { location?: { origin: string } }
  return location !== undefined && location.origin !== origin && id.startsWith('c1~')
}

// `fetch` rejects with the same TypeError for what can never work as for a network that is down, `Request` only for the
// first. Bodies are not used up for it: that there is one is enough.
function refuseImpossible(url: URL, init: RequestInit): void {
  try {
    if (!/^(https?|data|blob):$/.test(url.protocol)) throw new TypeError(`Cannot fetch "${url.protocol}" URLs`)
    void new Request(url.href, { ...init, body: init.body == null ? null : '' })
  } catch (cause) {
    throw invalid(cause)
  }
}

function invalid(cause: unknown): InvalidRequest {
  return new InvalidRequest('Cannot make the request', { cause })
}

/** Give up a body, or what reads it. */
export function discard(stream: { cancel(): Promise<void> } | null | undefined): void {
  stream?.cancel().catch(() => {})
}
