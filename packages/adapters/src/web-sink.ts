import { isEventStream, type Sink, sinkBodyOf } from '@holdfast/core/adapter'

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
 * A sink that is read as a web stream, for runtimes whose sockets are out of reach.
 *
 * It is there so that an adapter knows its streams: which are open, when the core gives one up, and how to end them all.
 * Nothing is queued: the runtime reads one chunk, the core then writes one. Half of the memory of a pushed stream on
 * Bun 1.4, the same CPU.
 */
export class WebSink implements Sink {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  readonly stream: ReadableStream<Uint8Array>
  readonly #events: WebSinkEvents
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #wanted = false
  #writing = false

  constructor(events: WebSinkEvents) {
    this.#events = events
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: (reason) => this.#cancelled(reason),
    }
    this.stream = new ReadableStream(source, { highWaterMark: 0 })
  }

  write(chunk: Uint8Array): boolean {
    if (!this.#controller) return false
    this.#wanted = false
    this.#writing = true
    this.#controller.enqueue(chunk)
    this.#writing = false
    return this.#wanted
  }

  end(): void {
    const controller = this.#take()
    if (!controller) return
    controller.close()
    this.#events.onEnd?.()
  }

  // Ended rather than errored: neither closes a stalled connection, and Deno 2.9 prints the stack of every error. The
  // adapter cuts the connection where it can.
  abort(): void {
    const controller = this.#take()
    if (!controller) return
    controller.close()
    this.#events.onCut?.()
  }

  /** End the response and tell the core that its client is gone, since the server is closing. */
  finish(): void {
    const tell = this.onClose
    this.end()
    tell?.()
  }

  #pull(): void {
    this.#wanted = true
    // `enqueue` may pull at once; `write` then answers for it.
    if (!this.#writing) this.onDrain?.()
  }

  #cancelled(reason: unknown): void {
    if (this.#take()) this.onClose?.(reason)
  }

  // After a cancel both `enqueue` and `close` throw, and an uncaught one ends a Deno 2.9 process: used once, then gone.
  #take(): ReadableStreamDefaultController<Uint8Array> | undefined {
    const controller = this.#controller
    this.#controller = undefined
    if (controller) this.#events.onOver?.(this)
    return controller
  }
}

/**
 * Let a {@link WebSink} carry a response that Holdfast made; any other comes back as it is.
 *
 * @param open where the sink is kept for as long as it may be written to
 */
export function throughWebSink(response: Response, open: Set<WebSink>, events: WebSinkEvents = {}): Response {
  if (!isEventStream(response.headers.get('content-type')) || response.bodyUsed || response.body?.locked)
    return response
  const sink = new WebSink({ ...events, onOver: (over) => void open.delete(over) })
  if (!sinkBodyOf(response.body)?.attach(sink)) return response
  open.add(sink)
  return new Response(sink.stream, response)
}
