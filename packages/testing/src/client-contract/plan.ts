import type { ConnectionGap, RedundancyLevel, Status } from '@holdfast/core/client'

/** What a client process is told to do, and what it tells. No Node here: driver and clients share it. */

/** One `connect()` of the client under test. */
export interface FeedPlan {
  /** Unique in a run. */
  name: string
  endpoints: string[]
  redundancy?: RedundancyLevel | undefined
  method?: string | undefined
  body?: string | undefined
  resumeUrl?: string | undefined
  lastEventId?: string | undefined
  /** Keep the position in the driver's store of this name. */
  store?: string | undefined
  /** Leave the loop while handling this many-th event. */
  breakAfter?: number | undefined
  /** Abort the signal while handling this many-th event. */
  abortAfter?: number | undefined
}

/** The data of every event. */
export interface Numbered {
  /** Counts through all topics. */
  n: number
  /** When it was published, in milliseconds since 1970. Driver and clients are on one machine. */
  at: number
}

/** A client's status as it changed. */
export interface FeedStatus {
  name: string
  /** Requests overtake one another. */
  sequence: number
  at: number
  status: { state: Status['state']; endpoint?: string; from?: string; reason?: string; open?: boolean; delay?: number }
}

/** What came of one `connect()`. */
export interface FeedReport {
  name: string
  events: { n: number; topic: string | undefined; publishedAt: number; arrivedAt: number }[]
  gaps: ConnectionGap[]
  /** How the iteration ended: `done`, `broken` by the client itself, or what it threw. */
  end: string
  /** Of the status, once closed. */
  closeReason: string | undefined
  /** The connection's own. */
  lastEventId: string
}
