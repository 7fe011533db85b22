import { reportsDisconnect } from '@holdfast/core/adapter'
import type { FetchHandler } from '../serve.ts'
import { throughWebSink, type WebSink } from '../web-sink.ts'
import type { DenoServeInfo } from './types.ts'

/**
 * Carry event streams on a server of one's own: `Deno.serve(wrapFetch(app.fetch))`.
 *
 * Deno cancels the body within milliseconds of a client's leaving. Where a client stalls, the core closes the stream on
 * time and frees its memory, but `Deno.serve` (2.9) keeps the connection, its descriptor and up to 4 MB in the kernel
 * until the client reads on or resets it, also when a FIN has come: nothing in its interface closes one connection. Where
 * that matters, `@holdfast/adapters/node` runs under Deno too, and there resets them.
 */
export function wrapFetch(fetch: FetchHandler<DenoServeInfo>): FetchHandler<DenoServeInfo> {
  return trackedFetch(fetch, new Set())
}

/** {@link wrapFetch} that shows which streams are open. */
export function trackedFetch(fetch: FetchHandler<DenoServeInfo>, open: Set<WebSink>): FetchHandler<DenoServeInfo> {
  return async (request, info) => {
    reportsDisconnect(request)
    return throughWebSink(await fetch(request, info), open)
  }
}
