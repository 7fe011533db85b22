import { formatEvent } from '@holdfast/core'
import { isHoldfastClient } from '@holdfast/core/hub'

/** Milliseconds until a client that was turned away should come back: 5 to 15 s, so that not all come back together. */
function delay(): number {
  return 5_000 + 10_000 * Math.random()
}

/** The header that tells it in an answer of 429 or 503. */
export function retryAfter(): { 'retry-after': string } {
  return { 'retry-after': String(Math.ceil(delay() / 1000)) }
}

/**
 * What a subscriber gets instead of a 429 or a 503. Native EventSource gives up for good at those (WHATWG HTML, section
 * 9.2.3), so it gets a stream that ends at once and says when to come back.
 *
 * @returns undefined where the client is `connect()`, which says that it understands the status, or where it shall not
 *   come back
 */
export function comeBackLater(request: Request, status: number): Response | undefined {
  if ((status !== 429 && status !== 503) || isHoldfastClient(request)) return undefined
  const body = request.method === 'HEAD' ? null : formatEvent({ retry: Math.round(delay()) })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}
