import type { LogTable, Row } from './log-table.ts'

/** How much of a topic its object keeps. */
export interface HistoryLimits {
  /** Events. Up to an eighth more may be there before a trim. Default 1,000. */
  maxEvents?: number | undefined
  /** Characters of packed events. The newest are kept even if they are more. Default 8 Mi; an object can store 10 GB. */
  maxBytes?: number | undefined
  /** Milliseconds; an alarm drops what is older. Default 10 minutes; 0 keeps events however old they are. */
  maxAge?: number | undefined
  /**
   * Milliseconds after which a topic without events and subscribers gives its storage back, and begins a later epoch if
   * it is used again. Default 7 days; 0 keeps it: an empty object costs 12 KB of storage.
   */
  forgetAfter?: number | undefined
}

/** Every limit, with its default filled in; Infinity for none. */
export type ResolvedHistoryLimits = { [Limit in keyof HistoryLimits]-?: number }

export function resolveLimits({ maxEvents, maxBytes, maxAge, forgetAfter }: HistoryLimits): ResolvedHistoryLimits {
  return {
    maxEvents: maxEvents ?? 1_000,
    maxBytes: maxBytes ?? 8 * 1_048_576,
    maxAge: (maxAge ?? 600_000) || Infinity,
    forgetAfter: (forgetAfter ?? 7 * 86_400_000) || Infinity,
  }
}

/** What part of a log is kept. */
export interface Extent {
  /** The offset of the newest event. */
  head: number
  /** The offset before the oldest one. */
  start: number
  /** Characters that were ever stored. */
  total: number
  /** Those of them that were dropped. */
  startTotal: number
  /** When the oldest event was stored; Infinity for none. */
  oldestAt: number
  newestAt: number
}

export const emptyExtent: Extent = { head: 0, start: 0, total: 0, startTotal: 0, oldestAt: Infinity, newestAt: 0 }

/**
 * What there is in a table.
 *
 * @param trimmed - the head when its last row was dropped
 */
export function extentOf(table: LogTable, trimmed: number): Extent {
  const oldest = table.oldest()
  const newest = table.newest()
  if (!oldest || !newest) return { ...emptyExtent, head: trimmed, start: trimmed }
  return {
    head: newest.first + newest.count - 1,
    start: oldest.first - 1,
    total: newest.total,
    startTotal: oldest.total - oldest.size,
    oldestAt: oldest.at,
    newestAt: newest.at,
  }
}

/** Whether there is so much more than there may be that dropping it is worth while. */
export function isAbove(
  { maxEvents, maxBytes }: ResolvedHistoryLimits,
  { head, start, total, startTotal }: Extent,
): boolean {
  return head - start > maxEvents + Math.max(8, maxEvents / 8) || total - startTotal > maxBytes * 1.125
}

/** Whether a row need not be kept. */
export function isSuperfluous(row: Row, limits: ResolvedHistoryLimits, { head, total }: Extent, now: number): boolean {
  const end = row.first + row.count - 1
  if (end <= head - limits.maxEvents || row.at <= now - limits.maxAge) return true
  return end < head && total - row.total + row.size > limits.maxBytes
}
