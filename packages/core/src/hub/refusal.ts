import { type Clock, systemClock } from '../clock.ts'
import { eventStreamHeaders } from '../response/headers.ts'
import { isHoldfastClient } from '../response/request.ts'

// So far apart that not all come back together.
const [soonest, latest] = [5_000, 15_000]

/** The header that tells a client in an answer of 429 or 503 when to come back: in 5 to 15 s, by chance. */
export function retryAfter(clock: Pick<Clock, 'random'> = systemClock): { 'retry-after': string } {
  return { 'retry-after': String(Math.ceil(delay(clock) / 1_000)) }
}

/**
 * Turn a subscriber away for a while.
 *
 * `connect()`, which says so in `Accept`, gets the status and a jittered Retry-After. Native EventSource would give up for
 * good at that (WHATWG HTML, section 9.2.3), so it gets a stream that ends at once, and a reconnection time of 5–15 s.
 */
export function refuse(
  request: Request,
  clock: Pick<Clock, 'random'> = systemClock,
  status: 429 | 503 = 503,
): Response {
  if (isHoldfastClient(request)) return new Response(null, { status, headers: retryAfter(clock) })
  const body = request.method === 'HEAD' ? null : `retry: ${Math.round(delay(clock))}\n\n`
  return new Response(body, { headers: eventStreamHeaders() })
}

function delay(clock: Pick<Clock, 'random'>): number {
  return soonest + (latest - soonest) * clock.random()
}
