import { topicsOf } from '../limits/topics.ts'
import type { Route, Scope } from './route.ts'

/** `GET /events?topic=…&topic=…`: the event stream of some topics. */
export function subscribe({ hubOf, authorize, limits }: Scope): Route {
  return {
    method: 'GET',
    path: '/events',
    async handle(context) {
      const request = context.req.raw
      const topics = topicsOf(request, limits)
      const grant = await authorize.toSubscribe(request, topics)
      return hubOf(context).respond(request, { topics, identity: grant?.identity, expiresAt: grant?.expiresAt })
    },
  }
}
