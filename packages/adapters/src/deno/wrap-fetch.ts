import type { FetchHandler } from '../serve.ts'
import { throughWebSink, type WebSink } from '../web-sink.ts'
import type { DenoServeInfo } from './types.ts'

/**
 * For a server of one's own, `Deno.serve(wrapFetch(app.fetch))`: returns the handler as it is.
 *
 * Deno needs no help: it cancels the body within milliseconds of a client's leaving. It cannot be helped where a client
 * stalls, either. The core closes such a stream on time and frees all its memory, but `Deno.serve` (2.9) keeps the
 * connection, with a descriptor and up to 4 MB in the kernel, until the client closes it or reads on.
 */
export function wrapFetch(fetch: FetchHandler<DenoServeInfo>): FetchHandler<DenoServeInfo> {
  return fetch
}

/** A handler that shows which streams are open. */
export function trackedFetch(fetch: FetchHandler<DenoServeInfo>, open: Set<WebSink>): FetchHandler<DenoServeInfo> {
  return (request, info) => {
    const answer = fetch(request, info)
    return answer instanceof Promise
      ? answer.then((response) => throughWebSink(response, open))
      : throughWebSink(answer, open)
  }
}
