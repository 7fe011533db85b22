import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { FetchHandler } from '../serve.ts'
import type { NodeEnv } from './types.ts'
import { wrapFetch } from './wrap-fetch.ts'

/**
 * A fetch handler as Express and `node:http` take one: `app.use(toNodeHandler(fetch))`, `createServer(toNodeHandler(fetch))`.
 *
 * Headers that are set on `res` before stay. Middleware that compresses must leave `text/event-stream` alone, or events
 * wait in its buffer.
 */
export function toNodeHandler(fetch: FetchHandler<NodeEnv>): (req: IncomingMessage, res: ServerResponse) => void {
  const listener = getRequestListener(wrapFetch(fetch), { hostname: fallbackHost })
  return (req, res) => void listener(req, res)
}

/** The host of a request that names none, as HTTP/1.0 allows. */
export const fallbackHost = 'localhost'
