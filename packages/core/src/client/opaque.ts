import type { ReceivedEvent } from '../wire/event.ts'
import { idOf } from './accepted.ts'
import type { Connection } from './connection.ts'
import { windowSize } from './constants.ts'
import type { Link } from './link.ts'
import { deliver, drop, type Verdict } from './verdict.ts'

/**
 * Take what a stream brought whose ids have no order: only the stream that delivers counts. It may give several events the
 * same id, so only another stream's is a repetition.
 */
export function takeOpaque(connection: Connection, link: Link, id: string | undefined, event?: ReceivedEvent): Verdict {
  const { opaque } = connection
  if (link !== connection.primary) return drop
  if (event && id) {
    if ((opaque.get(id) ?? link) !== link) return drop
    opaque.set(id, link)
    if (opaque.size > windowSize) opaque.delete(opaque.keys().next().value as string)
  }
  connection.lastEventId = id ?? connection.lastEventId
  connection.queue.push({ id: idOf(connection), event })
  return deliver
}
