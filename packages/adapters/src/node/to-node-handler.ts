import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { alreadySent } from '../node-http/already-sent.ts'
import { restoreBody } from '../node-http/body.ts'
import type { Incoming } from '../node-http/cut.ts'
import { hasUrl, refuse } from '../node-http/target.ts'
import type { NodeEnv } from '../node-http/types.ts'
import { trackedFetch } from '../node-http/wrap-fetch.ts'
import { fallbackHost } from '../request-url.ts'
import type { FetchHandler } from '../serve.ts'
import { checkHandler } from '../serve-rules.ts'

/** A handler for `node:http`, and a middleware for Express and its like, which give it `next`. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void) => void

/**
 * A fetch handler as Express and `node:http` take one: `app.use(toNodeHandler(fetch))`, `createServer(toNodeHandler(fetch))`.
 *
 * As a middleware it passes on what the handler answers with 404, unless the handler has read the body, which nobody after
 * it could then have. A body that a parser such as `express.json()` has read before is what that made of it. Headers that
 * are set on `res` before stay. Middleware that compresses must leave `text/event-stream` alone, or events wait in its
 * buffer. A request whose URL cannot be parsed is answered 400.
 *
 * @throws {InvalidOptionError} it is no fetch handler
 */
export function toNodeHandler(fetch: FetchHandler<NodeEnv>): NodeHandler {
  checkHandler('toNodeHandler', fetch)
  const tracked = trackedFetch(fetch, new Set())
  const nexts = new WeakMap<Incoming, () => void>()
  const handle: FetchHandler<NodeEnv> = (request, env) => {
    const answer = tracked(request, env)
    const next = nexts.get(env.incoming)
    return next ? passOn(answer, env, next) : answer
  }
  const listener = getRequestListener(handle, { hostname: fallbackHost })
  return (req, res, next) => {
    if (!hasUrl(req)) return refuse(res)
    restoreBody(req)
    if (next) nexts.set(req, next)
    void listener(req, res)
  }
}

async function passOn(
  answer: Response | Promise<Response>,
  { incoming, outgoing }: NodeEnv,
  next: () => void,
): Promise<Response> {
  const response = await answer
  const isGone = incoming.readableDidRead && !('rawBody' in incoming)
  if (response.status !== 404 || isGone) return response
  await response.body?.cancel()
  next()
  // Not before somebody else has answered: what is over is cleaned up.
  if (!outgoing.closed) await new Promise((resolve) => outgoing.once('close', resolve))
  return alreadySent
}
