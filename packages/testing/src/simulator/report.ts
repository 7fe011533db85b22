import type { Client } from './client.ts'
import type { Entry, Log, Position } from './log.ts'

export interface Report {
  /** Of the clients that a fault took a stream from: milliseconds without a working stream, the longest of each client. */
  p50: number
  p99: number
  /** How often such a client was interrupted, on average. */
  times: number
  lost: number
  repeated: number
  outOfOrder: number
  reported: number
  /** Attempts in the busiest second after the fault. */
  peak: number
  attempts: number
}

/** Look at what clients got of what was written between their first event and `until`. */
export function reportOf(
  clients: readonly Client[],
  log: Log,
  attempts: readonly number[],
  faultAt: number,
  until: number,
): Report {
  const report: Report = {
    p50: 0,
    p99: 0,
    times: 0,
    lost: 0,
    repeated: 0,
    outOfOrder: 0,
    reported: 0,
    peak: 0,
    attempts: 0,
  }
  const longest: number[] = []
  let times = 0
  for (const client of clients) {
    // Within one turn of the network nobody is without a stream.
    const felt = client.interruptions.filter((duration) => duration > 1)
    times += felt.length
    if (client.struck || felt.length > 0) longest.push(Math.max(0, ...felt))
    count(client, log, until, report)
  }
  longest.sort((a, b) => a - b)
  report.p50 = quantile(longest, 0.5)
  report.p99 = quantile(longest, 0.99)
  report.times = longest.length > 0 ? times / longest.length : 0
  const later = attempts.filter((at) => at >= faultAt)
  report.attempts = later.length
  report.peak = busiest(later, 1_000)
  return report
}

function count(client: Client, log: Log, until: number, report: Report): void {
  const first = client.got[0]?.number ?? Infinity
  const seen = new Set<number>()
  const last = new Map<string, number>()
  for (const { number } of client.got) {
    const { key } = (log.entries[number] as Entry).topic
    if (seen.has(number)) report.repeated++
    else if (number < (last.get(key) ?? -1)) report.outOfOrder++
    seen.add(number)
    last.set(key, Math.max(number, last.get(key) ?? -1))
  }
  // Where it began, each topic has its own first event.
  const begun = new Set<string>()
  for (const entry of log.entries) {
    if (seen.has(entry.number)) begun.add(entry.topic.key)
    else if (entry.number > first && begun.has(entry.topic.key) && entry.at < until) {
      if (isReported(client, entry)) report.reported++
      else report.lost++
    }
  }
}

function isReported({ gaps }: Client, entry: Entry): boolean {
  return gaps.some(({ from, to }) => {
    const start = from.get(entry.topic.key)
    const end = to.get(entry.topic.key)
    return end !== undefined && isBefore(start, entry) && !isBefore(end, entry)
  })
}

function isBefore(a: Position | undefined, b: Position): boolean {
  return a === undefined || a.epoch < b.epoch || (a.epoch === b.epoch && a.offset < b.offset)
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0
}

/** The most attempts within `width` ms. */
function busiest(times: readonly number[], width: number): number {
  let most = 0
  let from = 0
  for (const [index, at] of times.entries()) {
    while (at - (times[from] as number) >= width) from++
    most = Math.max(most, index - from + 1)
  }
  return most
}
