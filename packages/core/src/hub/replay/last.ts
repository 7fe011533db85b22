import type { Broker, HistoryPage, Position } from '../broker/broker.ts'
import { isMark } from '../entries.ts'
import { readTail } from '../topic-state.ts'
import { startOfPage } from './gap.ts'

const pageSize = 100

/**
 * Where to begin for a topic's newest event, marks not counted, and what follows it; at its head when it has none.
 *
 * @param oldest - the page with its oldest event
 */
export async function positionBeforeLast(
  broker: Pick<Broker, 'read'>,
  topic: string,
  oldest: HistoryPage,
): Promise<Position> {
  const start = startOfPage(oldest)
  let end = oldest.head
  while (end.offset > start.offset) {
    const last = (await readTail(broker, topic, end, pageSize)).findLast((stored) => !isMark(stored))
    if (last) return { ...last.position, offset: last.position.offset - 1 }
    end = { ...end, offset: Math.max(start.offset, end.offset - pageSize) }
  }
  return oldest.head
}
