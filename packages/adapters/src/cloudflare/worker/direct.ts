import type { StreamOptions } from '@holdfast/core'
import { directHeader, type DirectOptions, toHeader } from '../protocol.ts'

const forwarded = ['heartbeat', 'stallTimeout', 'maxAge', 'maxBufferedBytes', 'retry'] as const

/** What of a stream's options an object can be told. */
export function forwardable(stream: StreamOptions): NonNullable<DirectOptions['stream']> {
  return Object.fromEntries(forwarded.filter((name) => stream[name] !== undefined).map((name) => [name, stream[name]]))
}

/** The request for an event stream, made anew: nothing of the client's own headers can be taken for the Worker's. */
export function directRequest(request: Request, options: DirectOptions): Request {
  const headers = new Headers({ [directHeader]: toHeader(options) })
  for (const name of ['accept', 'last-event-id']) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}
