import { gapAfter, type HistoryPage, type Position } from '@holdfast/core/hub'

/** The history of a topic that has no events. */
export function emptyPage(head: Position, after: Position | 'earliest'): HistoryPage {
  const gap = gapAfter(after, head.offset, head)
  return gap ? { events: [], head, more: false, gap } : { events: [], head, more: false }
}
