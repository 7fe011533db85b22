import type { Environment } from '../environment.ts'
import { sinkBodyKey, type Sink, type SinkBody } from '../fanout/sink.ts'
import type { Subscriber } from '../fanout/subscriber.ts'

// What a pushed stream may hold before it counts as behind. Counted in bytes: the default strategy counts chunks.
const pushedBytes = 65_536

/**
 * The response body of one subscriber: a web stream for everybody, which an adapter may take over through
 * {@link sinkBodyKey} as long as nobody has begun to read it.
 */
export function createBody(
  subscriber: Subscriber,
  environment: Environment,
  heartbeat: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const sink = new WebStreamSink()
  subscriber.connect(sink)
  // Demand-driven: with no queue of its own a stream takes half of the memory of a pushed one (Bun 1.4).
  const highWaterMark = environment.requestScoped ? pushedBytes : 0
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(sink, {
    highWaterMark,
    size: (chunk) => chunk?.length ?? 0,
  })
  const sinkBody: SinkBody = {
    heartbeat: heartbeat === Infinity ? 0 : heartbeat,
    attach(direct: Sink): boolean {
      if (sink.used || subscriber.closed || stream.locked) return false
      sink.used = true
      subscriber.connect(direct)
      direct.onDrain?.()
      return true
    },
  }
  Object.defineProperty(stream, sinkBodyKey, { value: sinkBody })
  return stream
}

/** Feeds a ReadableStream: takes bytes while the stream asks for them, and hears when its reader cancels. */
class WebStreamSink implements Sink, UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  /** Somebody reads the web stream, or an adapter has taken over. */
  used = false
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  #wanted = false
  #writing = false

  start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller
  }

  pull(): void {
    this.used = true
    this.#wanted = true
    // `enqueue` may pull at once; `write` then answers for it.
    if (!this.#writing) this.onDrain?.()
  }

  cancel(reason: unknown): void {
    this.#controller = undefined
    this.onClose?.(reason)
  }

  write(chunk: Uint8Array): boolean {
    const controller = this.#controller
    if (!controller) return false
    this.#wanted = false
    this.#writing = true
    controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
    this.#writing = false
    return this.#wanted || (controller.desiredSize ?? 0) > 0
  }

  end(): void {
    this.#controller?.close()
    this.#controller = undefined
  }

  abort(reason: unknown): void {
    this.#controller?.error(reason)
    this.#controller = undefined
  }
}
