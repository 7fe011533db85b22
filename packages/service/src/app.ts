import { type Context, Hono } from 'hono'
import { createAuthorizer } from './auth/authorize.ts'
import { createCors } from './cors.ts'
import { resolveLimits } from './limits/limits.ts'
import { topicMatcher } from './limits/topics.ts'
import type { ServiceOptions } from './options.ts'
import { problemOf, toResponse } from './problem.ts'
import { Refused } from './refused.ts'
import { live, ready } from './routes/health.ts'
import { publish } from './routes/publish.ts'
import type { Route } from './routes/route.ts'
import { subscribe } from './routes/subscribe.ts'

/**
 * A hub as a web service: subscribe by `GET /events?topic=…`, publish by `POST /topics/:topic`, ask how it is by
 * `GET /livez` and `GET /readyz`. Serve its `fetch` on any runtime, or mount it with `app.route('/sse', service)`.
 */
export function createService(options: ServiceOptions): Hono {
  const { hub, onError = (error: unknown) => console.error(error) } = options
  const cors = createCors(options.cors)
  const scope = {
    hubOf: typeof hub === 'function' ? hub : () => hub,
    authorize: createAuthorizer(options.auth, topicMatcher(options.publicTopics ?? []), cors),
    limits: resolveLimits(options.limits),
  }

  const app = new Hono()
  app.use(cors.middleware)
  for (const route of [subscribe(scope), publish(scope), live(), ready(scope)]) addRoute(app, route)
  app.notFound(() => toResponse({ status: 404, code: 'not-found', detail: 'There is nothing here' }))
  app.onError((error, context) => {
    const problem = problemOf(error)
    if (problem.status === 500) onError(error, context.req.raw)
    return toResponse(problem)
  })
  return app
}

/** Add a route that answers every other method by what it allows. Hono answers HEAD through GET. */
function addRoute(app: Hono, { method, path, handle }: Route): void {
  const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : `${method}, OPTIONS`
  app.on(method, path, handle)
  app.options(path, () => new Response(null, { status: 204, headers: { allow } }))
  app.all(path, (context: Context) => {
    throw new Refused(405, 'method-not-allowed', `${context.req.method} is not allowed here`, { allow })
  })
}
