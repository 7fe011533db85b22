import { isEventStream, reportsDisconnect, sinkBodyOf } from '@holdfast/core/adapter'
import type { FetchHandler } from '../serve.ts'
import { badRequest, withUrl } from '../request-url.ts'
import { checkHandler } from '../serve-rules.ts'
import { alreadySent } from './already-sent.ts'
import { dropUnread } from './body.ts'
import { DirectSink } from './direct-sink.ts'
import type { NodeEnv } from './types.ts'

/**
 * Write event streams straight to Node's sockets, for a server of one's own on @hono/node-server:
 * `serve({ fetch: wrapFetch(app.fetch) })`.
 *
 * It must be the outermost handler: within another one, what that does to the response afterwards would be written into
 * the client's stream. Streams that were cloned or transformed go through web streams as before, as does every other
 * response. A request whose URL cannot be parsed is answered 400.
 */
export function wrapFetch(fetch: FetchHandler<NodeEnv>): FetchHandler<NodeEnv> {
  checkHandler('wrapFetch', fetch)
  const tracked = trackedFetch(fetch, new Set())
  return (request, env) => (withUrl(request) === request ? tracked(request, env) : badRequest())
}

/** {@link wrapFetch} that shows which streams are open. */
export function trackedFetch(fetch: FetchHandler<NodeEnv>, open: Set<DirectSink>): FetchHandler<NodeEnv> {
  return (request, env) => {
    reportsDisconnect(request)
    const answer = fetch(request, env)
    // An answer that is no promise stays none: @hono/node-server sends it in the same turn.
    if (!(answer instanceof Promise)) return takeOver(answer, env, open)
    return answer.then((response) => takeOver(response, env, open))
  }
}

// The order matters. Nothing is sent before the body has agreed to attach, and once it has, nothing can refuse. A status
// without a body needs no question: `Response` itself refuses a body for those.
function takeOver(response: Response, env: NodeEnv, open: Set<DirectSink>): Response | Promise<Response> {
  const { incoming, outgoing } = env
  // Asked first, since reading `body` of @hono/node-server's own responses takes them off their fast path.
  if (!isEventStream(response.headers.get('content-type')) || incoming.method === 'HEAD') return response
  if (outgoing.headersSent || outgoing.destroyed) return response
  const sink = new DirectSink(incoming, outgoing, response, open)
  try {
    const body = sinkBodyOf(response) ?? sinkBodyOf(response.body)
    if (!body?.attach(sink)) return response
    if (sink.headError) throw sink.headError
    sink.open()
    dropUnread(incoming)
  } catch (error) {
    // A header that HTTP cannot carry, such as one with a control character.
    sink.onClose?.(error)
    throw error
  }
  // @hono/node-server (2.1.8) takes a response that was sent for one that is over: over HTTP/2 it then closes the stream of
  // every request that may have a body.
  if (incoming.method === 'GET') return alreadySent
  return new Promise((resolve) => sink.onceOver(() => resolve(alreadySent)))
}
