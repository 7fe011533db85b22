import { isEventStream, reportsDisconnect, sinkBodyOf } from '@holdfast/core/adapter'
import { badRequest, withUrl } from '../request-url.ts'
import type { FetchHandler } from '../serve.ts'
import { checkHandler } from '../serve-rules.ts'
import { DirectSink } from './direct-sink.ts'
import { bunGlobal, type BunServer, directStream } from './types.ts'

// For event streams Holdfast did not make, or that were cloned: nobody finds out that they stall, and the most that
// `server.timeout` takes is 255.
const foreignSeconds = 255

/**
 * Keep event streams alive on a server of one's own: `Bun.serve({ fetch: wrapFetch(app.fetch) })`.
 *
 * Bun cuts a stream that is quiet for its idle timeout, 10 s by default. Here each event stream has none, and the
 * connection of a client that the core gives up as stalled is reset at once, which frees what the kernel holds for it. Where
 * the client had sent a FIN, Bun has closed it before, and the kernel tries for some time to deliver what it holds. A server
 * in development (Bun's default without `NODE_ENV=production`) prints an error for each connection that is reset.
 *
 * Streams that were cloned or transformed go through web streams as before, as does every other response.
 *
 * @throws {WrongRuntimeError} this is not Bun
 * @throws {InvalidOptionError} it is no fetch handler
 */
export function wrapFetch(fetch: FetchHandler<BunServer>): FetchHandler<BunServer> {
  bunGlobal('wrapFetch')
  checkHandler('wrapFetch', fetch)
  return trackedFetch(fetch, new Set())
}

/** Called where the answer to a request is no event stream. */
export type Answered = (request: Request, server: BunServer) => void

/** {@link wrapFetch} that shows which streams are open. */
export function trackedFetch(
  fetch: FetchHandler<BunServer>,
  open: Set<DirectSink>,
  answered?: Answered,
): FetchHandler<BunServer> {
  return async (given, server) => {
    const request = withUrl(given)
    if (request) reportsDisconnect(request)
    const response = request ? await fetch(request, server) : badRequest()
    if (isEventStream(response.headers.get('content-type'))) return carry(given, response, server, open)
    answered?.(given, server)
    return response
  }
}

// The headers of what is returned are not looked at: Bun would keep an object for them as long as the stream is open.
function carry(request: Request, response: Response, server: BunServer, open: Set<DirectSink>): Response {
  const sink = new DirectSink(request, server, open)
  const isTaken = sinkBodyOf(response.body)?.attach(sink) === true
  server.timeout(request, isTaken ? 0 : foreignSeconds)
  if (isTaken) return new Response(directStream(sink), response)
  open.delete(sink)
  return response
}
