import { equal } from '../event-source/expect.ts'
import type { Feed } from './feed.ts'
import type { FeedReport } from './plan.ts'
import { topics } from './publisher.ts'

type Events = FeedReport['events']

/** What went wrong with the events of a report, of `count` that were published to `topics` in turn. */
export function faultsOf(
  events: Events,
  count: number,
  names: readonly string[] = topics,
): { lost: number; repeated: number; outOfOrder: number; misnamed: number } {
  const found = { lost: 0, repeated: 0, outOfOrder: 0, misnamed: 0 }
  for (const [turn, topic] of names.entries()) {
    const own = events.filter(({ n }) => n % names.length === turn)
    const seen = new Set(own.map(({ n }) => n))
    found.repeated += own.length - seen.size
    found.outOfOrder += own.filter(({ n }, index) => n < (own[index - 1]?.n ?? -1)).length
    found.misnamed += own.filter((event) => event.topic !== topic).length
    // Each topic has its own first event where a stream begins.
    for (let n = own[0]?.n ?? Infinity; n < count; n += names.length) if (!seen.has(n)) found.lost++
  }
  return found
}

/** Fail unless everything came once and in order from its first event to the last one published, and then the end. */
export async function expectAll(feed: Feed, count: number): Promise<Events> {
  const { events, gaps, end, closeReason } = await feed.report
  const expected = { end: 'done', closeReason: 'done', gaps: [], lost: 0, repeated: 0, outOfOrder: 0, misnamed: 0 }
  equal({ end, closeReason, gaps, ...faultsOf(events, count) }, expected, `${feed.plan.name}:\n${feed.log}\n`)
  // A connection that got next to nothing has proved nothing.
  if (events.length < 200) throw new Error(`"${feed.plan.name}" got only ${events.length} events:\n${feed.log}`)
  return events
}

/** Milliseconds from each cut until an event that was published after it. */
export function interruptions(events: Events, cuts: readonly number[]): number[] {
  return cuts.map((cut) => {
    const next = Math.min(...events.filter(({ publishedAt }) => publishedAt >= cut).map(({ arrivedAt }) => arrivedAt))
    return Math.max(next - cut, 0)
  })
}

/** How late the latest of the events published within some time of a cut came. */
export function lateness(events: Events, cuts: readonly number[], within: number): number[] {
  return cuts.map((cut) => {
    const hit = events.filter(({ publishedAt }) => publishedAt >= cut && publishedAt < cut + within)
    return Math.max(...hit.map(({ publishedAt, arrivedAt }) => arrivedAt - publishedAt))
  })
}

/** The longest time without an event around each cut. */
export function largestGaps(events: Events, cuts: readonly number[], within: number): number[] {
  return cuts.map((cut) => {
    const times = events.map(({ arrivedAt }) => arrivedAt).filter((at) => at > cut - 1_000 && at < cut + within)
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] as number)))
  })
}
