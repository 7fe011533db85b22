import { queryOf } from '@holdfast/core/adapter'
import { readBody } from '../limits/body.ts'
import { Refused } from '../refused.ts'
import type { Route, Scope } from './route.ts'

// Twice the longest id that a hub writes.
const mostBytes = 8_192

/**
 * `POST /ack?conn=…`: a subscriber's sign of life, its last event ID as the body.
 *
 * The connection's name is the only credential: it is told to nobody but that stream, cannot be guessed, and is good for
 * nothing but to keep the stream from being closed. So a reader of public topics, who has no token, can acknowledge
 * too, and one whose token expires loses the stream by `expiresAt`, not here.
 */
export function acknowledge({ hubOf, limits }: Scope): Route {
  const ownLimits = { ...limits, bodyBytes: Math.min(limits.bodyBytes, mostBytes) }
  return {
    method: 'POST',
    path: '/ack',
    async handle(context) {
      const request = context.req.raw
      const connection = queryOf(request).get('conn') ?? ''
      if (!isName(connection)) throw unknown()
      const { text } = await readBody(request, ['text/plain'], ownLimits)
      if (!(await hubOf(context).acknowledge(connection, text))) throw unknown()
      return new Response(null, { status: 204 })
    },
  }
}

// The hub passes the name of another hub's connection on, and does not wait to hear whether that one knows it. So what
// could mean all hubs, or anything else to a broker, goes no further than this.
function isName(text: string): boolean {
  return /^[\w-]{1,64}\.[\w-]{1,64}$/.test(text)
}

function unknown(): Refused {
  return new Refused(404, 'unknown-connection', 'There is no such connection')
}
