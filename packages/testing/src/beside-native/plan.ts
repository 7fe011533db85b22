/** What a client process is told to do, and what it tells. No Node here: driver and clients share it. */

/** The platform's own EventSource, or `connect()` with that redundancy. */
export type Kind = 'none' | 'full' | 'native'

/** One reader. */
export interface ReaderPlan {
  /** Unique in a round. */
  name: string
  kind: Kind
  /** Native EventSource takes the first one. */
  urls: string[]
  /** Whether `connect()` asks the driver for its endpoints instead, now and later. */
  asksForFleet?: boolean
}

/** An event as it arrived, in milliseconds since 1970. */
export interface Arrival {
  n: number
  publishedAt: number
  arrivedAt: number
}

/** What is new of a reader. */
export interface ReaderNews {
  name: string
  startedAt: number
  arrivals: Arrival[]
  /** It is closed, and nobody has asked it to. */
  gaveUp: boolean
}
