import type { Environment } from '../environment.ts'
import { eventStreamHeaders } from '../response/headers.ts'
import { isHoldfastClient } from '../response/request.ts'

/**
 * Turn a client away for a while.
 *
 * `connect()`, which says so in `Accept`, gets 503 and a jittered Retry-After. Native EventSource would give up for good
 * at a 503 (WHATWG HTML, section 9.2.3), so it gets a stream that ends at once, and a reconnection time of 5–15 s.
 */
export function refuse(request: Request, environment: Environment): Response {
  const delay = 5_000 + 10_000 * environment.random()
  if (isHoldfastClient(request)) {
    return new Response(null, { status: 503, headers: { 'retry-after': String(Math.ceil(delay / 1_000)) } })
  }
  const body = request.method === 'HEAD' ? null : `retry: ${Math.round(delay)}\n\n`
  return new Response(body, { headers: eventStreamHeaders() })
}
