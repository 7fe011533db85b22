import type { RingEntry } from '../../fanout/chunk.ts'
import { formatBody } from '../../wire/encode.ts'
import { joinPositions, type Position, type WrittenPosition } from '../../wire/position.ts'
import type { HistoryPage } from '../broker/broker.ts'
import { DeliveredEvent } from '../entries.ts'
import type { GapReason } from '../gap-reason.ts'
import type { HubEvent } from '../types.ts'

/** The event by which a hub announces what it cannot replay. Nobody else may publish it. */
export const gapEvent = 'gap'

/** The data of a `gap` event. */
export interface Gap {
  reason: GapReason
  /** The topics whose events are missing. */
  topics: readonly string[]
  /** The last event ID before it. */
  from: string
  /** The id where the stream goes on. */
  to: string
}

/**
 * The entry that announces a gap. Its id is where the stream goes on, so a client that reconnects is not told twice.
 *
 * @param position - where the topic goes on; undefined where it tells of all
 */
export function gapEntry(gap: Gap, position?: WrittenPosition): RingEntry<HubEvent> {
  const data = JSON.stringify(gap)
  const event = new DeliveredEvent(gap.topics[0] ?? '', gapEvent, data, gap.to)
  return {
    id: gap.to,
    body: new TextEncoder().encode(formatBody({ event: gapEvent, data })),
    position,
    gap: true,
    event,
  }
}

/** The entry of a gap in one topic, with ids of this topic only. */
export function topicGapEntry(
  reason: GapReason,
  topic: string,
  from: WrittenPosition,
  to: WrittenPosition,
): RingEntry<HubEvent> {
  return gapEntry({ reason, topics: [topic], from: joinPositions([from]), to: joinPositions([to]) }, to)
}

/** The position before a page's first event: where a gap before it ends. */
export function startOfPage({ events: [first], head }: HistoryPage): Position {
  return first ? { ...first.position, offset: first.position.offset - 1 } : head
}
