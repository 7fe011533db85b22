import type { ConnectionError } from './errors.ts'

/** Why a stream, or an attempt to open one, came to nothing. */
export type LossReason =
  /** The connection broke, or none could be made. */
  | 'network'
  /** No answer within `connectTimeout`. */
  | 'timeout'
  /** Silent for 2.5 heartbeats. */
  | 'idle'
  /** A head, and then no byte for 10 s: something on the way collects the stream. */
  | 'buffered'
  /** The server ended it and said nothing about why. */
  | 'ended'
  /** The server has an older log than the one already seen: it does not share its history with the others. */
  | 'stale'
  /** The answer is no event stream: see `status`. */
  | 'refused'
  /** The request can never be made, or its answer never be read: see `error`. */
  | 'invalid'

/** Why the connection moved while its stream was still open. */
export type MoveReason = 'drain' | 'suspect' | 'behind' | 'shed' | 'preferred' | 'slow' | 'lost' | 'requested'

/** What is more than a client keeps. It goes on without. */
export type Limit =
  /** An event was larger than `maxEventBytes`. Told as a gap, too. */
  | 'event-size'
  /** An id cannot be sent back: longer than 4 KiB, or with control characters. The next stream goes on from now. */
  | 'id-size'
  /** More topics were named at once than one id can hold. Events of the oldest may be missed at the next loss. */
  | 'topic-count'

/** Why a connection is closed. */
export type ConnectionCloseReason =
  /** The server ended the stream for good (`end=done`), or `until` found its event. */
  | 'done'
  /** 204 */
  | 'no-content'
  /** `close()`, or the iteration was left. */
  | 'closed'
  | 'aborted'
  /** See `error`. */
  | 'failed'

/** What a connection is doing. Endpoints are URLs as they were given to `connect()`. */
export type Status =
  | { readonly state: 'connecting'; readonly endpoint: string }
  /** Events come from this endpoint. */
  | { readonly state: 'open'; readonly endpoint: string }
  /** The same, but as answers to one request after the other: a proxy on the way collects streams. */
  | { readonly state: 'polling'; readonly endpoint: string }
  /** Silent for longer than announced: another connection is being opened beside it. */
  | { readonly state: 'suspect'; readonly endpoint: string }
  | {
      readonly state: 'lost'
      readonly endpoint: string
      readonly reason: LossReason
      readonly status?: number | undefined
      readonly error?: unknown
    }
  /** Events come from another endpoint than before. `open` follows. */
  | { readonly state: 'switched'; readonly from: string; readonly endpoint: string; readonly reason: MoveReason }
  /** An additional connection was opened or is gone. Told to listeners only: the connection's own status stays. */
  | { readonly state: 'standby'; readonly endpoint: string; readonly mode: 'standby' | 'full'; readonly open: boolean }
  /** A server sends more than is kept, told to listeners once for each limit: the connection's own status stays. */
  | { readonly state: 'limited'; readonly limit: Limit; readonly endpoint?: string | undefined }
  /** The next attempt is made in `delay` ms; Infinity while the page is put away. */
  | { readonly state: 'waiting'; readonly delay: number }
  | { readonly state: 'closed'; readonly reason: ConnectionCloseReason; readonly error?: ConnectionError | undefined }
