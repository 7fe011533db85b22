import type { HeadersInit } from '../web-types.ts'
import type { ServerSentEvent } from '../wire/event.ts'
import type { StreamClose } from '../fanout/stream-close.ts'

/** How one response behaves. Durations are milliseconds; `0` switches a deadline off. */
export interface StreamOptions {
  /**
   * A hint is written after this much silence. Default 7,000, since a plain `Bun.serve` cuts a response that is quiet for
   * 10 s; on Cloudflare Workers 25,000, and there at most 60,000, for 0 too: nothing but writing finds a client that has
   * left.
   */
  heartbeat?: number | undefined
  /** Close as `stalled` when bytes wait and the client takes none of them for this long. Default 10,000. */
  stallTimeout?: number | undefined
  /**
   * Close as `max-age` after a random 80–100 % of this, so that clients do not return all at once. Default off; on
   * Cloudflare Workers, where a request's CPU time is limited, an hour.
   */
  maxAge?: number | undefined
  /** The bytes that may wait for a slow client. Default 1 MiB. */
  maxBufferedBytes?: number | undefined
  /** The client's reconnection time, written at open. Default random, 1,000–4,000, so that a herd spreads; none for `connect()`, which has a back-off. */
  retry?: number | undefined
  /** The response's status. Default 200. */
  status?: number | undefined
  /**
   * More response headers. They win over the defaults, but for the content type; a `cache-control` keeps `no-transform`,
   * without which compression would hold events back.
   */
  headers?: HeadersInit | undefined
  /** Called once, when the stream is closed and its timers are gone. */
  onClose?: ((close: StreamClose) => void) | undefined
  /** Called when the source throws. What it returns is written as the last event: never send an internal message. */
  onError?: ((error: unknown) => ServerSentEvent | void) | undefined
}

/** The writing end that a callback source gets. */
export interface EventStream {
  /**
   * Write one event; a string is its data, and may be cut anywhere: where it ends in the middle of a surrogate pair, that
   * half goes out with the next string. Resolves when there is room for the next one, so awaiting it is the whole
   * of backpressure.
   *
   * A rejection that nobody awaits is not reported as unhandled, so a publisher is never hurt by a client that left.
   *
   * @throws {InvalidFieldError} nothing was written, and the stream goes on. Also for an event without data, which no
   *   client dispatches (WHATWG HTML, section 9.2.6)
   * @throws {StreamClosedError} the stream is closed: stop producing
   */
  send(event: ServerSentEvent | string): Promise<void>
  /**
   * Write a comment, dropped while the client is behind.
   *
   * @throws {InvalidFieldError} when it begins with `hint `
   */
  comment(text: string): void
  /**
   * End the stream as finished: what was sent is delivered first. `connect()` does not come back, and EventSource, which
   * always does, is answered 204 before the source would run again.
   */
  close(): void
  /** Aborted when the stream is closed, whoever closed it. */
  readonly signal: AbortSignal
  /** How the stream was closed: resolves then, however late it is asked for, and never rejects. */
  readonly closed: Promise<StreamClose>
  /** Where the client wants to go on: `Last-Event-ID`, else `?lastEventId=`, else the empty string. */
  readonly lastEventId: string
}

/** Where the events of one response come from. A function that returns no promise leaves the stream open. */
export type StreamSource =
  | AsyncIterable<ServerSentEvent | string>
  | ReadableStream<ServerSentEvent | string>
  | ((stream: EventStream) => void | Promise<void>)
