import { callSafely } from '../../report.ts'
import type { RingEntry } from '../../fanout/chunk.ts'
import type { PendingOptions } from '../../fanout/pending.ts'
import type { HubEvent } from '../types.ts'
import { gapEvent } from './gap.ts'
import { HistoryReplay, type ReplayParts } from './replay.ts'
import { fromStart, type ResumePoint, resumePointFrom } from './resume-point.ts'

/** What a subscriber gets that comes to a feed from a resume point: what it missed, then the feed. */
export interface Resumption extends Pick<PendingOptions, 'lastId' | 'replay' | 'replayFrom' | 'accepts'> {
  /** Where it is, where that can be told at open. */
  checkpoint?: string | undefined
}

/** @param filter - which events are wanted; a gap always is */
export function resume(
  { lease, ...parts }: Omit<ReplayParts, 'accepts'>,
  from: ResumePoint,
  filter?: (event: HubEvent) => boolean,
): Resumption {
  const { feed } = lease
  const accepts = filter && ((entry: RingEntry) => isWanted(entry, filter))
  const point = feed.end ? fromStart(from, feed.topics) : from
  const replayAt = (at: ResumePoint): HistoryReplay => new HistoryReplay({ ...parts, lease, accepts }, at)
  const replay = replayAt(point)
  // Who comes with a strange id, or begins before anything known here, is told where it is by the first page.
  const isTold = point.unknownId === undefined && ![...point.positions.values()].includes('earliest')
  return {
    checkpoint: isTold ? replay.checkpoint : undefined,
    lastId: replay.checkpoint,
    replay: replay.isEmpty ? undefined : replay,
    replayFrom: (lastId) => replayAt(resumePointFrom(lastId, feed.topics)),
    accepts,
  }
}

// What a filter throws rejects the event.
function isWanted(entry: RingEntry, filter: (event: HubEvent) => boolean): boolean {
  const event = entry.event as HubEvent | undefined
  return event !== undefined && (event.event === gapEvent || callSafely(filter, event) === true)
}
