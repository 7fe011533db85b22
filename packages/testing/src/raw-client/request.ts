import type { RawEvent } from './event-reader.ts'

/** Options of {@link openRaw}. */
export interface RawRequest {
  /** Default GET. */
  method?: string | undefined
  headers?: Record<string, string> | undefined
  body?: string | undefined
  /** Where to connect to, instead of the URL's host. */
  host?: string | undefined
  /** The whole request as it goes over the wire, instead of all of the above. */
  text?: string | undefined
  /** How long the response head, and each `until`, may take. Default 10,000 ms. */
  within?: number | undefined
  signal?: AbortSignal | undefined
  /** Called for each event instead of keeping it: for streams too large to keep. */
  onEvent?: ((event: RawEvent) => void) | undefined
}

/** The request as it goes over the wire. */
export function requestText(url: URL, request: RawRequest): string {
  if (request.text !== undefined) return request.text
  const body = request.body ?? ''
  const headers = {
    host: url.host,
    ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...request.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${request.method ?? 'GET'} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
