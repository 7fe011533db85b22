import type { Route, Scope } from './route.ts'

const uncached = { 'cache-control': 'no-store' }

/** `GET /livez`: the process answers. Whatever its broker does: a restart would not bring that back. */
export function live(): Route {
  return { method: 'GET', path: '/livez', handle: () => Response.json({ status: 'live' }, { headers: uncached }) }
}

/** `GET /readyz`: 503 while the hub drains or has lost its broker, so that a load balancer sends new clients elsewhere. */
export function ready({ hubOf }: Scope): Route {
  return {
    method: 'GET',
    path: '/readyz',
    async handle(context) {
      const hub = hubOf(context)
      const isReady = await hub.ready()
      const status = isReady ? 'ready' : hub.stats().draining ? 'draining' : 'broker-lost'
      return Response.json({ status }, { status: isReady ? 200 : 503, headers: uncached })
    },
  }
}
