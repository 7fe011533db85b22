import type { CloseReason } from '../fanout/stream-close.ts'
import type { BrokerStats } from './meters/health.ts'
import type { GapReason } from './gap-reason.ts'

/** How a hub is doing. Counters count from its creation. */
export interface HubStats {
  /** Open streams. */
  subscribers: number
  /** Topics that somebody subscribes to here. */
  topics: number
  /** Events published through this hub. */
  published: number
  /** Events written to subscribers. */
  delivered: number
  /** Bytes written to subscribers. */
  bytes: number
  closes: Record<CloseReason, number>
  /** Streams that were opened with a last event ID. */
  resumed: number
  /** Events that were read from the history for somebody who had missed them. */
  replayed: number
  /** Gaps that were announced: while resuming, to one reader; of a topic that is being read, to all of its readers at once. */
  gaps: Record<GapReason, number>
  /** Requests that were turned away for a while, because the hub was full, of streams or of topics, or draining. */
  refused: Record<'full' | 'draining', number>
  /** 0 for idle, 1 for full. */
  load: number
  draining: boolean
  broker: BrokerStats
  publishToWrite: DelayHistogram
}

/**
 * Milliseconds from a call of `publish` until its last event was stored and written to the first of its readers here.
 * What is published where nobody reads is not in it.
 */
export interface DelayHistogram {
  /** The longest delay of each class but the last, which has none. Ascending. */
  bounds: readonly number[]
  /** How many were in each class. One more than there are bounds. */
  counts: readonly number[]
  /** Of all delays. */
  sum: number
}
