import { comeBackLater, sinkBodyOf } from '@holdfast/core/adapter'
import type { Context } from 'hono'
import { topicsOf } from '../limits/topics.ts'
import { toResponse } from '../problem.ts'
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
        const response = toResponse(problem)
        return isTemporary(response) ? comeBackLater(context.req.raw, response) : response
      }
    },
  }
}

async function respond(
  context: Context,
  { hubOf, addressOf, authorize, limits, streams, tally }: Scope,
): Promise<Response> {
  const request = context.req.raw
  const hub = hubOf(context)
  const topics = topicsOf(request, limits)
  const { identity, expiresAt } = (await authorize.toSubscribe(request, topics)) ?? {}
  const over = streams.open({ identity, address: addressOf(context) })
  try {
    const stream = over && { onClose: over }
    const response = await hub.respond(request, { topics, identity, expiresAt, stream })
    // Of an answer that is no stream, such as the one to HEAD, nobody will tell that it is over.
    if (over && sinkBodyOf(response) === undefined) over()
    // The hub has turned the client away, and said so as problem details.
    if (response.status === 503) tally.error(hub.stats().draining ? 'draining' : 'hub-full')
    return response
  } catch (error) {
    over?.()
    throw error
  }
}

function isTemporary({ status }: Response): boolean {
  return status === 429 || status === 503
}
