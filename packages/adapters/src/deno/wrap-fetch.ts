import { reportsDisconnect } from '@holdfast/core/adapter'
import { badRequest, withUrl } from '../request-url.ts'
import type { FetchHandler } from '../serve.ts'
import { checkHandler } from '../serve-rules.ts'
import { throughWebSink } from './web-sink.ts'
import { checkRuntime } from '../wrong-runtime.ts'
import type { DenoServeInfo } from './types.ts'

/**
 * Carry event streams on a server of one's own: `Deno.serve(wrapFetch(app.fetch))`.
 *
 * Deno cancels the body within milliseconds of a client's leaving. Where a client stalls, the core closes the stream on
 * time and frees its memory, but `Deno.serve` (2.9) keeps the connection, its descriptor and up to 4 MB in the kernel
 * until the client reads on or resets it, also when a FIN has come: nothing in its interface closes one connection. It also
 * closes no connection that is idle or slow. `serve` of this entry does both. A request whose URL cannot be parsed is
 * answered 400.
 *
 * @throws {WrongRuntimeError} this is not Deno
 * @throws {InvalidOptionError} it is no fetch handler
 */
export function wrapFetch(fetch: FetchHandler<DenoServeInfo>): FetchHandler<DenoServeInfo> {
  checkRuntime('wrapFetch', 'Deno')
  checkHandler('wrapFetch', fetch)
  return async (given, info) => {
    const request = withUrl(given)
    if (!request) return badRequest()
    reportsDisconnect(request)
    return throughWebSink(await fetch(request, info))
  }
}
