import { sinkBodyOf } from '@holdfast/core/adapter'
import { refuse, retryAfter } from '@holdfast/core/hub'
import type { Context } from 'hono'
import { topicsOf } from '../limits/topics.ts'
import { type Problem, toResponse } from '../problem.ts'
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
        return answerTo(context.req.raw, scope.report(error, context.req.raw))
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
    if (response.status === 503) throw turnedAway(hub.stats().draining)
    return response
  } catch (error) {
    over?.()
    throw error
  }
}

// The hub's own refusal says no more than its status.
function turnedAway(draining: boolean): Refused {
  if (draining) return new Refused(503, 'draining', 'This server is going away', retryAfter())
  return new Refused(503, 'hub-full', 'This server has as many streams as it can serve', retryAfter())
}

// What would make native EventSource give up for good, though it should come back, it gets as the end of a stream.
function answerTo(request: Request, problem: Problem): Response {
  const { status } = problem
  if (status !== 429 && status !== 503) return toResponse(problem)
  const refusal = refuse(request, undefined, status)
  return refusal.status === status ? toResponse(problem) : refusal
}
