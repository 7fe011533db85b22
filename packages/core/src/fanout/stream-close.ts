/** Why a stream was closed. */
export type CloseReason =
  /** The source returned, or the topic was ended. */
  | 'ended'
  /** The source threw. */
  | 'failed'
  /** The client went away. */
  | 'client-closed'
  /** Bytes were waiting and the client took none of them for `stallTimeout`. */
  | 'stalled'
  /** The client fell behind further than the buffer and the history reach. */
  | 'overflow'
  /** The client acknowledged once and then stopped. */
  | 'unacknowledged'
  /** The stream reached its `maxAge`. */
  | 'max-age'
  /** The client asked for what there is, and has it. */
  | 'polled'
  /** The credentials it was opened with have expired. */
  | 'unauthorized'
  /** The application closed it with `disconnect`. */
  | 'disconnected'
  /** The hub is draining or was closed. */
  | 'drained'

/** How one stream ended; told once to `onClose`. */
export interface StreamClose {
  reason: CloseReason
  /** What was thrown, where something was. Never sent to the client. */
  error?: unknown
  /** Milliseconds from the response to the close. */
  duration: number
  /** Events written to the client. */
  events: number
  /** Bytes written to the client, hints and heartbeats included. */
  bytes: number
}
