import { callSafely } from '../../report.ts'
import type { RingEntry } from '../../fanout/chunk.ts'
import type { PendingOptions } from '../../fanout/pending.ts'
import type { Feed } from '../feed.ts'
import type { HubEvent, Start } from '../types.ts'
import { gapEvent } from './gap.ts'
import { HistoryReplay, type ReplayParts } from './replay.ts'
import { beginAt, isOpen, type ResumePoint, resumePointFrom } from './resume-point.ts'

/** What a subscriber gets that comes to a feed from a resume point: what it missed, then the feed. */
export interface Resumption extends Pick<PendingOptions, 'lastId' | 'replay' | 'replayFrom' | 'accepts'> {
  /** Where it is, where that can be told at open. */
  checkpoint?: string | undefined
}

/** How to resume. */
export interface ResumeOptions {
  /** Where to begin who does not say it. Default with all that a run made or that has ended, and else now. */
  start?: Start | undefined
  /** Which events are wanted; a gap always is. */
  filter?: ((event: HubEvent) => boolean) | undefined
}

export function resume(
  { lease, ...parts }: Omit<ReplayParts, 'accepts'>,
  from: ResumePoint,
  { start, filter }: ResumeOptions = {},
): Resumption {
  const { feed } = lease
  const accepts = filter && ((entry: RingEntry) => isWanted(entry, filter))
  const point = isOpen(from) ? beginning(feed, start) : from
  const replayAt = (at: ResumePoint): HistoryReplay => new HistoryReplay({ ...parts, lease, accepts }, at)
  const replay = replayAt(point)
  // Who comes with a strange id, or begins before anything known here, is told where it is by the first page.
  const isTold =
    point.unknownId === undefined && ![...point.positions.values()].some((position) => typeof position === 'string')
  return {
    checkpoint: isTold ? replay.checkpoint : undefined,
    lastId: replay.checkpoint,
    replay: replay.isEmpty ? undefined : replay,
    replayFrom: (lastId) => replayAt(resumePointFrom(lastId, feed.topics)),
    accepts,
  }
}

function beginning(feed: Feed, start: Start | undefined): ResumePoint {
  const keys = [...feed.topics.keys()]
  return start
    ? beginAt(keys, start)
    : beginAt(
        keys.filter((key) => feed.isWhole(key)),
        'earliest',
      )
}

// What a filter throws rejects the event.
function isWanted(entry: RingEntry, filter: (event: HubEvent) => boolean): boolean {
  const event = entry.event as HubEvent | undefined
  return event !== undefined && (event.event === gapEvent || callSafely(filter, event) === true)
}
