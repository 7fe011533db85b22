import type { HistoryPage, Position } from './broker.ts'

/**
 * For brokers: why a page of history does not begin right after the position asked for.
 *
 * @param start - the offset before the oldest event that is kept
 */
export function gapAfter(after: Position | 'earliest', start: number, head: Position): HistoryPage['gap'] {
  if (after === 'earliest') return undefined
  // A position ahead of the log is another log's, whatever its epoch says.
  if (after.epoch !== head.epoch || after.offset > head.offset) return 'new-epoch'
  return after.offset < start ? 'trimmed' : undefined
}
