import { isEventStream, sinkBodyOf, WebStreamSink } from '@holdfast/core/adapter'

/**
 * The core's own web stream for a response, since sockets of `Deno.serve` are out of reach.
 *
 * Nothing is queued: the runtime reads one chunk, the core then writes one.
 */
class WebSink extends WebStreamSink {
  readonly stream: ReadableStream<Uint8Array> = new ReadableStream(this, { highWaterMark: 0 })

  // Ended rather than errored: neither closes a stalled connection, and Deno 2.9 prints the stack of every error.
  override abort(): void {
    this.end()
  }
}

/** Let a {@link WebSink} carry a response that Holdfast made; any other comes back as it is. */
export function throughWebSink(response: Response): Response {
  if (!isEventStream(response.headers.get('content-type')) || response.bodyUsed || response.body?.locked)
    return response
  const sink = new WebSink()
  return sinkBodyOf(response.body)?.attach(sink) ? new Response(sink.stream, response) : response
}
