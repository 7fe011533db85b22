import { InvalidOptionError } from '@holdfast/core'
import { checkArgument, urlOf } from '@holdfast/core/adapter'
import { type Context, Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { createAuthorizer } from './auth/authorize.ts'
import { type Cors, createCors } from './cors.ts'
import { resolveLimits } from './limits/limits.ts'
import { StreamCounter } from './limits/streams.ts'
import { topicMatcher } from './limits/topics.ts'
import type { ServiceOptions } from './options.ts'
import { anAuth, aHub, serviceOptions } from './service-rules.ts'
import { toResponse } from './problem.ts'
import { Refused } from './refused.ts'
import { createReport, logWithoutTokens } from './report.ts'
import { acknowledge } from './routes/acknowledge.ts'
import { live, ready } from './routes/health.ts'
import { metrics, stats } from './routes/observe.ts'
import { publish } from './routes/publish.ts'
import type { Route, Scope } from './routes/route.ts'
import { subscribe } from './routes/subscribe.ts'
import { Tally } from './tally.ts'

/**
 * A hub as a web service. Serve its `fetch` on any runtime, or mount it with `app.route('/sse', service)`.
 *
 * | | |
 * |-|-|
 * | `GET /events?topic=…&topic=…` | the event stream of some topics |
 * | `POST /topics/:topic` | publish JSON, `{ data, event?, key? }` or `{ events: […], key? }`, or text with `?event=&key=` |
 * | `POST /ack?conn=…` | a subscriber's sign of life, its last event ID as the body |
 * | `GET /stats`, `GET /metrics` | counters as JSON and for Prometheus, for a {@link Grant} with `observe` |
 * | `GET /livez`, `GET /readyz` | 200; the second 503 while the hub drains or has lost its broker |
 *
 * Errors are `application/problem+json` (RFC 9457) with a `code`. Where a subscriber shall come back later, `connect()`
 * gets 429 or 503 with `Retry-After`, and any other client 200 with `retry:` and the end of the stream.
 *
 * @throws {InvalidOptionError} an option is missing, of another kind, or does not exist; or `limits.streamsPerAddress` comes
 *   without `address`
 * @throws {OptionRangeError} a limit that is negative or not a number
 */
export function createService(options: ServiceOptions): Hono {
  checkArgument('createService', 'options', options, serviceOptions)
  checkArgument('createService', 'hub', options.hub, aHub)
  checkArgument('createService', 'auth', options.auth, anAuth)
  const cors = createCors(options.cors)
  const scope = scopeOf(options, cors)
  const routes = [subscribe, publish, acknowledge, stats, metrics, live, ready]

  const app = new Hono({ getPath: pathOf })
  if (cors.middleware) app.use(cors.middleware)
  app.use((_, next) => {
    scope.tally.request()
    return next()
  })
  for (const route of routes) addRoute(app, route(scope))
  app.notFound(() => {
    throw new Refused(404, 'not-found', 'There is nothing here')
  })
  app.onError((error, context) => toResponse(scope.report(error, context.req.raw)))
  return app
}

function scopeOf({ hub, auth, publicTopics = [], address, ...options }: ServiceOptions, cors: Cors): Scope {
  const limits = resolveLimits(options.limits)
  if (address === undefined && limits.streamsPerAddress < Infinity) {
    throw new InvalidOptionError('Cannot limit the streams of an address without the option `address`, which finds it')
  }
  const tally = new Tally()
  return {
    hubOf: typeof hub === 'function' ? hub : () => hub,
    addressOf: address ?? (() => undefined),
    authorize: createAuthorizer(auth, topicMatcher(publicTopics), cors),
    limits,
    streams: new StreamCounter(limits),
    tally,
    report: createReport(tally, options.onError ?? logWithoutTokens),
  }
}

// Hono counts the slashes of a URL, and so needs a whole one.
function pathOf(request: Request): string {
  return URL.canParse(request.url) ? getPath(request) : urlOf(request).pathname
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
