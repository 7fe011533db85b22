import { orAborted } from '../until-aborted.ts'
import { formatPositionId, parsePositionId, type Position, topicKey } from '../wire/position.ts'
import type { Broker, HistoryPage, StoredEvent } from './broker/broker.ts'
import { DeliveredEvent, isMark, typeOf } from './entries.ts'
import type { HubEvent, HubPage, ReadOptions } from './types.ts'

const defaultLimit = 100

/**
 * A page of a topic's history, marks left out.
 *
 * @throws the signal's reason
 */
export async function readEvents(
  broker: Pick<Broker, 'read'>,
  topic: string,
  { after = 'earliest', limit = defaultLimit, signal = new AbortController().signal }: ReadOptions,
): Promise<HubPage> {
  const key = topicKey(topic)
  const start = startAfter(after, key)
  const idAt = (position: Position): string => formatPositionId(key, new Map([[key, position]]))
  const toEvent = (stored: StoredEvent): HubEvent =>
    new DeliveredEvent(topic, typeOf(stored) ?? 'message', stored.data, idAt(stored.position))
  let page = await readPage(broker, topic, start ?? 'earliest', limit, signal)
  const gap = start === undefined ? 'unknown-id' : page.gap
  const events = page.events.filter((stored) => !isMark(stored))
  // A page of marks alone is none to the caller: the one after it may hold events.
  while (page.more && events.length < limit) {
    page = await readPage(broker, topic, endOfPage(page), limit - events.length, signal)
    events.push(...page.events.filter((stored) => !isMark(stored)))
  }
  const { more } = page
  return { events: events.map(toEvent), lastEventId: idAt(endOfPage(page)), more, ...(gap && { gap }) }
}

/** Undefined for an id that says nothing about the topic. */
function startAfter(id: string, key: string): Position | 'earliest' | undefined {
  return id === 'earliest' || id === '' ? 'earliest' : parsePositionId(id)?.positions.get(key)
}

function endOfPage(page: HistoryPage): Position {
  return page.events.at(-1)?.position ?? page.head
}

async function readPage(
  broker: Pick<Broker, 'read'>,
  topic: string,
  after: Position | 'earliest',
  limit: number,
  signal: AbortSignal,
): Promise<HistoryPage> {
  signal.throwIfAborted()
  const page = await orAborted(broker.read(topic, after, limit), signal)
  if (!page) throw signal.reason
  return page
}
