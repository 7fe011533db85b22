import type { StreamClose } from '../fanout/stream-close.ts'
import type { Position } from '../wire/position.ts'
import type { GapReason } from './gap-reason.ts'

/** A stream as `onOpen` and `onClose` of a hub see it. */
export interface StreamInfo {
  topics: readonly string[]
  identity?: string | undefined
}

/** What a hub tells {@link Trace}, by name. Durations are in milliseconds. */
export interface TraceMessages {
  /** A publication has been stored, or has failed with `error`. */
  'holdfast:publish': {
    topic: string
    /** How many events it has. */
    events: number
    duration: number
    /** Of its last event. */
    position?: Position
    duplicate?: boolean
    error?: unknown
  }
  'holdfast:open': StreamInfo
  /** After `open`: the stream goes on after an id. */
  'holdfast:resume': StreamInfo & { lastEventId: string }
  'holdfast:close': StreamInfo & StreamClose
  'holdfast:gap': { reason: GapReason; topics: readonly string[] }
  'holdfast:broker-lost': { reason: unknown }
  'holdfast:broker-recovered': { duration: number }
}

/** Told of what a hub does, under the names of channels of `node:diagnostics_channel`. Never on the path of a single event. */
export type Trace = <Name extends keyof TraceMessages>(name: Name, message: TraceMessages[Name]) => void
