import type { FeedReport } from '../client-contract/plan.ts'

/** What one client got. */
export interface Verdict {
  events: number
  lost: number
  repeated: number
  outOfOrder: number
  gaps: number
  /** Milliseconds from one event to the next, where those were more than 200. */
  interruptions: number[]
}

const noticed = 200

/** @param published - the number after the last one that was published */
export function judge({ events, gaps }: FeedReport, published: number): Verdict {
  const seen = new Set<number>()
  const last = new Map<string, number>()
  const interruptions: number[] = []
  let [repeated, outOfOrder] = [0, 0]
  for (const [index, { n, topic = '', arrivedAt }] of events.entries()) {
    if (seen.has(n)) repeated++
    else if (n < (last.get(topic) ?? -1)) outOfOrder++
    seen.add(n)
    last.set(topic, n)
    const before = events[index - 1]
    if (before && arrivedAt - before.arrivedAt > noticed) interruptions.push(arrivedAt - before.arrivedAt)
  }
  const expected = published - Math.min(...seen)
  return { events: seen.size, lost: expected - seen.size, repeated, outOfOrder, gaps: gaps.length, interruptions }
}

/** One row of the table in docs/failover.md. */
export function row(name: string, { events, lost, repeated, outOfOrder, interruptions }: Verdict): string {
  const sorted = interruptions.toSorted((a, b) => a - b)
  const [middle = 0, longest = 0] = [sorted[sorted.length >> 1], sorted.at(-1)]
  const faults = `${lost}, ${repeated}, ${outOfOrder}`
  return `| ${name} | ${events} | ${faults} | ${sorted.length} | ${middle} | ${longest} |`
}
