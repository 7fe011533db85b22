import type { StreamOptions } from './options.ts'

/**
 * Status and headers of an event stream.
 *
 * @throws {RangeError} a status that no body goes with
 */
export function responseInitOf({ status = 200, headers }: StreamOptions): { status: number; headers: Headers } {
  const bodiless = status === 204 || status === 205 || status === 304
  if (bodiless || !(status >= 200 && status <= 599)) {
    throw new RangeError(`Stream option status must be one that has a body, got "${status}"`)
  }
  return { status, headers: eventStreamHeaders(headers) }
}

/** The headers of an event stream, with the application's own over them. */
export function eventStreamHeaders(own?: HeadersInit): Headers {
  const headers = new Headers({
    'cache-control': 'no-cache, no-transform',
    // nginx and its like would hold events back.
    'x-accel-buffering': 'no',
  })
  for (const [name, value] of new Headers(own)) {
    if (name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  headers.set('content-type', 'text/event-stream')
  // They belong to the connection: over HTTP/2 the first crashes a Node 26 process and the second is dropped.
  headers.delete('transfer-encoding')
  headers.delete('connection')
  return headers
}
