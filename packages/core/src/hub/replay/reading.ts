import type { Environment } from '../../environment.ts'
import { callSafely } from '../../report.ts'
import type { RingEntry } from '../../fanout/chunk.ts'
import type { SubscriberOptions } from '../../fanout/subscriber.ts'
import type { Hint } from '../../wire/hints.ts'
import type { Broker } from '../broker/broker.ts'
import type { Lease } from '../feed-registry.ts'
import { gapEvent } from './gap.ts'
import { HistoryReader } from './history-reader.ts'
import { Replay } from './replay.ts'
import { fromStart, type ResumePoint, resumePointFrom } from './resume-point.ts'
import type { HubEvent, RespondOptions } from '../types.ts'

/** What one client reads, and what it is told about it at open. */
export interface Reading extends Pick<SubscriberOptions, 'lastId' | 'backlog' | 'refill' | 'accepts'> {
  /** Where the client is. */
  checkpoint?: string | undefined
  hints?: Hint
}

/** What a client reads that comes to a feed from a resume point: what it missed, then the feed. */
export function readingOf(
  lease: Lease,
  from: ResumePoint,
  filter: RespondOptions['filter'],
  broker: Broker,
  environment: Environment,
): Reading {
  const { feed, since } = lease
  const accepts = filter && acceptor(filter)
  const point = feed.end ? fromStart(from, feed.topics) : from
  const reader = new HistoryReader(broker, feed, point, since, environment)
  // Who comes with a strange id, or begins before anything known here, is told where it is by the first page.
  const told = point.unknownId === undefined && ![...point.positions.values()].includes('earliest')
  return {
    checkpoint: told ? reader.checkpoint : undefined,
    lastId: reader.checkpoint,
    backlog: reader.idle ? undefined : new Replay(reader, accepts),
    refill: (lastId) => {
      const missed = resumePointFrom(lastId, feed.topics)
      return new Replay(new HistoryReader(broker, feed, missed, since, environment), accepts)
    },
    accepts,
  }
}

/** A filter as a subscriber applies it: what it throws rejects the event, and a gap is never filtered out. */
function acceptor(filter: (event: HubEvent) => boolean): (entry: RingEntry) => boolean {
  return (entry) => {
    const event = entry.event as HubEvent | undefined
    return event !== undefined && (event.event === gapEvent || callSafely(filter, event) === true)
  }
}
