import type { Environment } from '../environment.ts'
import { sinkBodyKey, type Sink, type SinkBody } from '../fanout/sink.ts'
import type { Subscriber } from '../fanout/subscriber.ts'
import { WebStreamSink } from './web-stream-sink.ts'

// What a pushed stream may hold before it counts as behind. Counted in bytes: the default strategy counts chunks.
const pushedBytes = 65_536

/**
 * The response of one subscriber, whose body is a web stream for everybody, which an adapter may take over through
 * {@link sinkBodyKey} as long as nobody has begun to read it.
 */
export function createResponse(
  subscriber: Subscriber,
  environment: Environment,
  heartbeat: number,
  init: { status: number; headers: Headers },
): Response {
  const sink = new WebStreamSink()
  subscriber.connect(sink)
  // Demand-driven: with no queue of its own a stream takes half of the memory of a pushed one (Bun 1.4).
  const highWaterMark = environment.requestScoped ? pushedBytes : 0
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(sink, {
    highWaterMark,
    size: (chunk) => chunk?.length ?? 0,
  })
  // Closed as it opened, by the application or by a client that had left already: nothing else would end the body.
  if (subscriber.closed) sink.end()
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
  const response = new Response(stream, init)
  // Middleware may make another response of the body; else the body need not be looked at, which for the `Response` of
  // @hono/node-server (2.1.8) would mean a second one, undici's, and a finalizer for its stream.
  for (const carrier of [stream, response]) Object.defineProperty(carrier, sinkBodyKey, { value: sinkBody })
  return response
}
