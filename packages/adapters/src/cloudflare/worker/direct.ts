import type { StreamOptions } from '@holdfast/core'
import type { RespondOptions } from '@holdfast/core/hub'
import { directHeader, type DirectOptions, toHeader } from '../protocol.ts'
import type { HubObjects } from './namespace.ts'

/**
 * Answer with an event stream that the topic's object writes itself.
 *
 * @param head - the status and headers
 */
export async function respondDirect(
  request: Request,
  { topic, start, expiresAt, stream }: Pick<RespondOptions, 'start' | 'expiresAt' | 'stream'> & { topic: string },
  defaults: StreamOptions | undefined,
  head: Response,
  objects: HubObjects,
): Promise<Response> {
  // The object's CPU time counts anew with each event: no age unless one is asked for.
  const told = { topic, start, expiresAt, stream: forwardable({ maxAge: 0, ...defaults, ...stream }) }
  const { body, status } = await objects.call({ topic }, (stub) => stub.fetch(directRequest(request, told)))
  return body ? new Response(body, head) : new Response(null, { status })
}

const forwarded = ['heartbeat', 'stallTimeout', 'maxAge', 'maxBufferedBytes', 'retry'] as const

function forwardable(stream: StreamOptions): NonNullable<DirectOptions['stream']> {
  return Object.fromEntries(forwarded.filter((name) => stream[name] !== undefined).map((name) => [name, stream[name]]))
}

// Made anew: nothing of the client's own headers can be taken for the Worker's.
function directRequest(request: Request, options: DirectOptions): Request {
  const headers = new Headers({ [directHeader]: toHeader(options) })
  for (const name of ['accept', 'last-event-id']) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}
