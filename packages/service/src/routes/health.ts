import type { Route, Scope } from './route.ts'

const uncached = { 'cache-control': 'no-store' }

/** `GET /livez`: the process answers. */
export function live(): Route {
  return { method: 'GET', path: '/livez', handle: () => Response.json({ status: 'live' }, { headers: uncached }) }
}

/** `GET /readyz`: 503 while the hub drains, so that a load balancer sends new clients elsewhere. */
export function ready({ hubOf }: Scope): Route {
  return {
    method: 'GET',
    path: '/readyz',
    handle(context) {
      const { draining } = hubOf(context).stats()
      const status = draining ? 'draining' : 'ready'
      return Response.json({ status }, { status: draining ? 503 : 200, headers: uncached })
    },
  }
}
