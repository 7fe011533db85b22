import { isEventStream, reportsDisconnect } from '@holdfast/core/adapter'
import { badRequest, withUrl } from '../request-url.ts'
import type { FetchHandler } from '../serve.ts'
import { checkHandler } from '../serve-rules.ts'
import { throughWebSink, type WebSink } from '../web-sink.ts'
import { bunGlobal, type BunServer } from './types.ts'

// Bun 1.4 counts idle time in steps of 4 s: 1 cuts after 2 s on average, while 16 cut a stream that wrote every 15.
const cutSeconds = 1

// For what a slow client still has to take of a stream that has ended.
const lingerSeconds = 12

// For event streams Holdfast did not make, or that were cloned: nobody finds out that they stall, and the most that
// `server.timeout` takes is 255.
const foreignSeconds = 255

/**
 * Keep event streams alive on a server of one's own: `Bun.serve({ fetch: wrapFetch(app.fetch) })`.
 *
 * Bun cuts a stream that is quiet for its idle timeout, 10 s by default. Here each event stream has none, and a client
 * that the core gives up as stalled is cut within 4 s of that: `error()` and `close()` alone never close its connection
 * (Bun 1.4). Bytes the kernel holds for it may stay there until TCP gives up; the descriptor does not.
 *
 * @throws {WrongRuntimeError} this is not Bun
 * @throws {InvalidOptionError} it is no fetch handler
 */
export function wrapFetch(fetch: FetchHandler<BunServer>): FetchHandler<BunServer> {
  bunGlobal('wrapFetch')
  checkHandler('wrapFetch', fetch)
  return trackedFetch(fetch, new Set())
}

/** {@link wrapFetch} that shows which streams are open. */
export function trackedFetch(fetch: FetchHandler<BunServer>, open: Set<WebSink>): FetchHandler<BunServer> {
  return async (given, server) => {
    const request = withUrl(given)
    if (!request) return badRequest()
    reportsDisconnect(request)
    return guard(given, await fetch(request, server), server, open)
  }
}

function guard(request: Request, response: Response, server: BunServer, open: Set<WebSink>): Response {
  if (!isEventStream(response.headers.get('content-type'))) return response
  const guarded = throughWebSink(response, open, {
    onEnd: () => server.timeout(request, lingerSeconds),
    onCut: () => server.timeout(request, cutSeconds),
  })
  server.timeout(request, guarded === response ? foreignSeconds : 0)
  return guarded
}
