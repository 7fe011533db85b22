/**
 * What one writes to an event stream. The names are those of the wire.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.6 "Interpreting an event stream".
 */
export interface ServerSentEvent {
  /** The event type; a client dispatches `message` when there is none. No CR or LF. */
  event?: string | undefined
  /** A string is written line by line, any other JSON value as JSON; `undefined` writes no data line. */
  data?: unknown
  /** The last event ID a client resumes from. No CR, LF or NUL. The empty string resets it. */
  id?: string | undefined
  /** The client's reconnection time in milliseconds: a non-negative integer. */
  retry?: number | undefined
  /** A line no client dispatches. Split into lines; must not begin with `hint `, which is Holdfast's own. */
  comment?: string | undefined
}

/** What a parser dispatches. It can be written again as it is, so a proxy needs no translation. */
export interface ReceivedEvent {
  /** `message` where the stream names none. */
  event: string
  data: string
  /** The last event ID at that moment, also when an earlier block set it. */
  id: string
  /** `data` parsed as JSON. @throws {SyntaxError} when it is not JSON */
  json<T = unknown>(): T
}
