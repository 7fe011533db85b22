import type { Environment } from '../environment.ts'
import { comeBackLater, retryAfter } from '../response/come-back-later.ts'

/** Why a hub admits nobody at the moment. */
export type RefusalCode = 'hub-full' | 'topics-full' | 'draining'

const details: Record<RefusalCode, string> = {
  'hub-full': 'This server has as many streams as it can serve',
  'topics-full': 'This server has as many topics as it can serve',
  draining: 'This server is going away',
}

/** Turn a client away for a while; `connect()` is told why, as problem details (RFC 9457). */
export function refuse(request: Request, code: RefusalCode, environment: Environment): Response {
  const random = (): number => environment.random()
  const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code, detail: details[code] }
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...retryAfter(random),
  }
  const body = request.method === 'HEAD' ? null : JSON.stringify(problem)
  return comeBackLater(request, new Response(body, { status: 503, headers }), random)
}
