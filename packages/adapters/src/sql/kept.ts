import type { LogRow, LogTable } from './log-table.ts'

/** How much of a topic is kept; Infinity for no bound. */
export interface LogLimits {
  /** Events. Up to an eighth more may be there before they are dropped. */
  maxEvents: number
  /** Characters of packed events. The newest are kept even if they are more. */
  maxBytes: number
  /** Milliseconds. */
  maxAge: number
}

/** What there is of a log. */
export interface Kept {
  /** The offset of the newest event. */
  head: number
  /** The offset before the oldest one. */
  start: number
  /** Characters that were ever stored. */
  total: number
  /** Those of them that came before the oldest event. */
  startTotal: number
  /** When the oldest event was stored; Infinity for none. */
  oldestAt: number
  newestAt: number
}

/**
 * What there is of a log in its table.
 *
 * @param trimmed - the head when its last row was dropped
 */
export function keptIn(table: LogTable, trimmed: number): Kept {
  const oldest = table.oldest()
  const newest = table.newest()
  if (!oldest || !newest)
    return { head: trimmed, start: trimmed, total: 0, startTotal: 0, oldestAt: Infinity, newestAt: 0 }
  return {
    head: newest.first + newest.count - 1,
    start: oldest.first - 1,
    total: newest.total,
    startTotal: oldest.total - oldest.size,
    oldestAt: oldest.at,
    newestAt: newest.at,
  }
}

/** What may still be read: rows that are too old may lie there until somebody drops them. */
export function readableIn(table: LogTable, kept: Kept, limits: LogLimits, now: number): Kept {
  const since = now - limits.maxAge
  if (kept.oldestAt > since) return kept
  const oldest = kept.newestAt > since ? table.oldest(since) : undefined
  return { ...kept, start: oldest ? oldest.first - 1 : kept.head }
}

/** Whether there is so much more than there may be that dropping it is worth while. */
export function isAbove({ maxEvents, maxBytes }: LogLimits, { head, start, total, startTotal }: Kept): boolean {
  return head - start > maxEvents + Math.max(8, maxEvents / 8) || total - startTotal > maxBytes * 1.125
}

/** Whether a row need not be kept. */
export function isSuperfluous(row: LogRow, limits: LogLimits, { head, total }: Kept, now: number): boolean {
  const end = row.first + row.count - 1
  if (end <= head - limits.maxEvents || row.at <= now - limits.maxAge) return true
  return end < head && total - row.total + row.size > limits.maxBytes
}
