import { sinkBodyOf } from '@holdfast/core/adapter'
import type { Context } from 'hono'
import { comeBackLater } from '../later.ts'
import { topicsOf } from '../limits/topics.ts'
import { toResponse } from '../problem.ts'
import { Refused } from '../refused.ts'
import type { Route, Scope } from './route.ts'

/** `GET /events?topic=…&topic=…`: the event stream of some topics. */
export function subscribe(scope: Scope): Route {
  return {
    method: 'GET',
    path: '/events',
    async handle(context) {
      try {
        return await respond(context, scope)
      } catch (error) {
        const problem = scope.report(error, context.req.raw)
        return comeBackLater(context.req.raw, problem.status) ?? toResponse(problem)
      }
    },
  }
}

async function respond(context: Context, { hubOf, addressOf, authorize, limits, streams }: Scope): Promise<Response> {
  const request = context.req.raw
  const hub = hubOf(context)
  const topics = topicsOf(request, limits)
  const { identity, expiresAt } = (await authorize.toSubscribe(request, topics)) ?? {}
  const over = streams.open({ identity, address: addressOf(context) })
  try {
    const stream = over && { onClose: over }
    const response = await hub.respond(request, { topics, identity, expiresAt, stream })
    // Of an answer that is no stream, such as the one to HEAD, nobody will tell that it is over.
    if (over && sinkBodyOf(response.body) === undefined) over()
    if (response.status === 503) throw turnedAway(hub.stats().draining, response)
    return response
  } catch (error) {
    over?.()
    throw error
  }
}

function turnedAway(draining: boolean, { headers }: Response): Refused {
  const retry = { 'retry-after': headers.get('retry-after') ?? '10' }
  if (draining) return new Refused(503, 'draining', 'This server is going away', retry)
  return new Refused(503, 'hub-full', 'This server has as many streams as it can serve', retry)
}
