import { formatEvent } from '../wire/encode.ts'
import { eventStreamHeaders } from './headers.ts'
import { isHoldfastClient } from './request.ts'

/** When a client that was turned away should come back: in 5 to 15 s, so that not all come back together. */
export function retryAfter(random: () => number = Math.random): { 'retry-after': string } {
  return { 'retry-after': String(Math.ceil(delay(random) / 1_000)) }
}

/**
 * Turn a client away for a while.
 *
 * `connect()`, which says so in `Accept`, gets the refusal. Native EventSource would give up for good at a 429 or 503
 * (WHATWG HTML, section 9.2.3), so it gets a stream that ends at once, and a reconnection time of 5–15 s.
 *
 * @param refusal - has {@link retryAfter} among its headers
 */
export function comeBackLater(request: Request, refusal: Response, random: () => number = Math.random): Response {
  if (isHoldfastClient(request)) return refusal
  const body = request.method === 'HEAD' ? null : formatEvent({ retry: Math.round(delay(random)) })
  return new Response(body, { headers: eventStreamHeaders({ 'cache-control': 'no-store' }) })
}

function delay(random: () => number): number {
  return 5_000 + 10_000 * random()
}
