import { formatMetrics, metricsType } from '../metrics.ts'
import type { Route, Scope } from './route.ts'

const uncached = { 'cache-control': 'no-store' }

/** `GET /stats`: what the hub and the service have done, as JSON. */
export function stats({ hubOf, authorize, tally }: Scope): Route {
  return {
    method: 'GET',
    path: '/stats',
    async handle(context) {
      await authorize.toObserve(context.req.raw)
      return Response.json({ ...hubOf(context).stats(), http: tally.stats() }, { headers: uncached })
    },
  }
}

/** `GET /metrics`: the same for Prometheus. */
export function metrics({ hubOf, authorize, tally }: Scope): Route {
  return {
    method: 'GET',
    path: '/metrics',
    async handle(context) {
      await authorize.toObserve(context.req.raw)
      const text = formatMetrics(hubOf(context).stats(), tally.stats())
      return new Response(text, { headers: { ...uncached, 'content-type': metricsType } })
    },
  }
}
