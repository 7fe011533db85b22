import type { HeadersInit } from '../web-types.ts'
import type { StreamOptions } from './options.ts'

/** Status and headers of an event stream. */
export function responseInitOf({ status = 200, headers }: StreamOptions): { status: number; headers: Headers } {
  return { status, headers: eventStreamHeaders(headers) }
}

const standard = {
  'cache-control': 'no-cache, no-transform',
  'content-type': 'text/event-stream',
  // nginx and its like would hold events back.
  'x-accel-buffering': 'no',
}

/** The headers of an event stream, with the application's own over them. */
export function eventStreamHeaders(own?: HeadersInit): Headers {
  const headers = new Headers(standard)
  if (own === undefined) return headers
  for (const [name, value] of new Headers(own)) {
    if (name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  headers.set('cache-control', untransformed(headers.get('cache-control') ?? ''))
  headers.set('content-type', standard['content-type'])
  // They belong to the connection: over HTTP/2 the first crashes a Node 26 process and the second is dropped.
  headers.delete('transfer-encoding')
  headers.delete('connection')
  return headers
}

/** The same for an answer that has no body: what the application says about origins and cookies holds there, too. */
export function bodilessHeaders(headers: Headers): Headers {
  const bodiless = new Headers(headers)
  bodiless.delete('content-type')
  return bodiless
}

// Middleware and proxies that compress hold events back, and stand back for this word alone (RFC 9111, section 5.2.2.6).
function untransformed(cacheControl: string): string {
  const directives = cacheControl.replaceAll(/"[^"]*"/g, '').split(',')
  const said = directives.some((directive) => directive.trim().toLowerCase() === 'no-transform')
  return said ? cacheControl : [cacheControl, 'no-transform'].filter((part) => part !== '').join(', ')
}
