import { isEventStream, sinkBodyOf, WebStreamSink } from '@holdfast/core/adapter'

/** What an adapter hears of a {@link WebSink}. */
interface WebSinkEvents {
  /** The core ended the stream; a client that is behind does not have it all yet. */
  onEnd?: () => void
  /** The core gave the client up. */
  onCut?: () => void
  /** Nothing will be written any more, for whatever reason. */
  onOver?: (sink: WebSink) => void
}

/**
 * The core's own web stream for a response, for runtimes whose sockets are out of reach, but known to the adapter: which
 * are open, when the core gives one up, and how to end them all.
 *
 * Nothing is queued: the runtime reads one chunk, the core then writes one.
 */
export class WebSink extends WebStreamSink {
  readonly stream: ReadableStream<Uint8Array>
  readonly #events: WebSinkEvents

  constructor(events: WebSinkEvents) {
    super()
    this.#events = events
    this.stream = new ReadableStream(this, { highWaterMark: 0 })
  }

  override end(): void {
    if (!this.open) return
    super.end()
    this.#events.onOver?.(this)
    this.#events.onEnd?.()
  }

  // Ended rather than errored: neither closes a stalled connection, and Deno 2.9 prints the stack of every error. The
  // adapter cuts the connection where it can.
  override abort(): void {
    if (!this.open) return
    super.end()
    this.#events.onOver?.(this)
    this.#events.onCut?.()
  }

  override cancel(reason: unknown): void {
    if (this.open) this.#events.onOver?.(this)
    super.cancel(reason)
  }

  /** End the response and tell the core that its client is gone, since the server is closing. */
  finish(): void {
    const tell = this.onClose
    this.end()
    tell?.()
  }
}

/**
 * Let a {@link WebSink} carry a response that Holdfast made; any other comes back as it is.
 *
 * @param open - where the sink is kept for as long as it may be written to
 */
export function throughWebSink(
  response: Response,
  open: Set<WebSink> = new Set(),
  events: WebSinkEvents = {},
): Response {
  if (!isEventStream(response.headers.get('content-type')) || response.bodyUsed || response.body?.locked)
    return response
  const sink = new WebSink({ ...events, onOver: (over) => void open.delete(over) })
  if (!sinkBodyOf(response.body)?.attach(sink)) return response
  open.add(sink)
  return new Response(sink.stream, response)
}
