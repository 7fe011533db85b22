import type { IncomingMessage } from 'node:http'
import { cutResponse, type Incoming, isHttp2, type Outgoing } from './cut.ts'

/** Bodies of requests: too slow, parsed by somebody else, or read by nobody. */

const timedOut = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'

/** End a request whose body takes longer than `timeout` ms, unless it is being answered already. */
export function limitBody(incoming: Incoming, outgoing: Outgoing, timeout: number): void {
  if (timeout === 0 || !hasBody(incoming)) return
  const timer = setTimeout(() => {
    if (!incoming.complete && !outgoing.headersSent) refuseSlow(outgoing)
  }, timeout).unref()
  // Of a body that nobody reads the request does not close before its connection does.
  for (const each of [incoming, outgoing]) each.once('close', () => clearTimeout(timer))
}

// As Node itself does for HTTP/1, past a handler that waits for the body.
function refuseSlow(outgoing: Outgoing): void {
  const socket = isHttp2(outgoing) ? undefined : outgoing.socket
  if (!socket) return cutResponse(outgoing)
  socket.write(timedOut)
  socket.destroySoon()
}

function hasBody(incoming: Incoming): boolean {
  if ('stream' in incoming) return !incoming.stream.endAfterHeaders
  const { 'content-length': length, 'transfer-encoding': coding } = incoming.headers
  return coding !== undefined || Number(length) > 0
}

// A handler that answers first and reads then has begun to by now.
const untilUnread = 1_000

/**
 * Read and drop a body that nobody wants, behind an answer that goes on. Otherwise the connection is not read any more, so
 * that nothing tells that its client has left, and a client that sends all of it before it listens waits for ever.
 */
export function dropUnread(incoming: Incoming): void {
  const drop = (): void => {
    if (incoming.readableFlowing === null) incoming.resume()
  }
  // Also where there is none: Node reads on by itself then, but Deno (2.9) tells of no FIN.
  if (incoming.method === 'GET' || incoming.method === 'HEAD') drop()
  else if (hasBody(incoming)) setTimeout(drop, untilUnread).unref()
}

// How the body came, which the parser has seen to.
const undone = ['content-encoding', 'content-length', 'transfer-encoding']

/**
 * Give the handler what a body parser that came first has made of the body, such as `express.json()`, since the body
 * itself is gone.
 */
export function restoreBody(incoming: IncomingMessage & { body?: unknown; rawBody?: unknown }): void {
  const { body } = incoming
  if (body === undefined || incoming.rawBody !== undefined || !incoming.readableDidRead) return
  const text = textOf(body, incoming.headers['content-type'] ?? '')
  // The name under which @hono/node-server takes a body that was read before.
  incoming.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(text)
  for (const name of undone) delete incoming.headers[name]
  incoming.rawHeaders = without(incoming.rawHeaders, undone)
}

function textOf(body: unknown, type: string): string {
  if (typeof body === 'string') return body
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type)
  return isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)
}

function without(rawHeaders: readonly string[], names: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !names.includes((rawHeaders[index - (index % 2)] as string).toLowerCase()))
}
