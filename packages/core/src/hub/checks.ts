import { checkType, serializeData } from '../wire/encode.ts'
import { byteLength } from '../wire/bytes.ts'
import { EventTooLargeError, InvalidFieldError, maxEventBytes } from '../wire/errors.ts'
import { maxTopics, topicsByKey } from '../wire/position.ts'
import type { BrokerEvent } from './broker/broker.ts'
import { InvalidTopicError, TopicCountError } from './errors.ts'
import { gapEvent } from './replay/gap.ts'
import type { HubPublication } from './types.ts'

/** What callers hand a hub, checked before anything is done with it: topics, and what is published. */

const maxTopicLength = 1_024

/**
 * Check a topic's name: 1 to 1,024 UTF-16 code units, well-formed.
 *
 * @throws {InvalidTopicError}
 */
export function checkTopic(topic: string): void {
  if (typeof topic !== 'string' || topic === '')
    throw new InvalidTopicError('Cannot use topic: it is empty or no string')
  if (topic.length > maxTopicLength) {
    throw new InvalidTopicError(
      `Cannot use topic "${topic.slice(0, 32)}…": it is longer than ${maxTopicLength} characters`,
    )
  }
  // A lone surrogate becomes U+FFFD in UTF-8, so two topics would become one.
  if (/\p{Surrogate}/u.test(topic)) throw new InvalidTopicError('Cannot use topic: it holds a lone surrogate')
}

/**
 * Check a subscription's topics. Returns them by key, sorted, each once.
 *
 * @throws {InvalidTopicError} @throws {TopicCountError} @throws {TopicKeyCollisionError}
 */
export function checkTopics(topics: readonly string[]): Map<string, string> {
  for (const topic of topics) checkTopic(topic)
  const unique = [...new Set(topics)].sort()
  if (unique.length === 0) throw new TopicCountError('Cannot subscribe: name at least one topic')
  if (unique.length > maxTopics) {
    throw new TopicCountError(`Cannot subscribe to ${unique.length} topics: at most ${maxTopics} fit one event ID`)
  }
  return topicsByKey(unique)
}

/**
 * Check what is published and serialise it.
 *
 * @throws {InvalidFieldError} the type cannot be written or is the hub's own, the data is missing or no JSON, or there
 *   is no event at all
 * @throws {EventTooLargeError} its type and data are over 16 MiB less 4 KiB
 */
export function toBrokerEvents(publication: HubPublication | readonly HubPublication[]): BrokerEvent[] {
  const list = Array.isArray(publication) ? (publication as readonly HubPublication[]) : [publication as HubPublication]
  if (list.length === 0) throw new InvalidFieldError('data', 'Cannot publish: the list of events is empty')
  return list.map(toBrokerEvent)
}

/** The same for one event. @throws {InvalidFieldError} */
export function toBrokerEvent(publication: HubPublication): BrokerEvent {
  if (typeof publication !== 'object' || publication === null) {
    throw new InvalidFieldError('data', `Cannot publish a value of type "${typeof publication}": give { data }`)
  }
  const { event, data } = publication
  if (event === gapEvent)
    throw new InvalidFieldError('event', `Cannot publish an event named "${gapEvent}": it announces lost events`)
  const text = serializeData(data)
  if (text === undefined)
    throw new InvalidFieldError('data', 'Cannot publish an event without data: no client would see it')
  if (event !== undefined) checkType(event)
  checkSize(text, event)
  if (event === undefined) return { data: text }
  return { event, data: text }
}

// Its id needs room, too. Counted only where it may be too large: no character takes more than three bytes.
const maxBytes = maxEventBytes - 4_096

function checkSize(data: string, type: string = ''): void {
  if ((data.length + type.length) * 3 <= maxBytes) return
  if (byteLength(data) + byteLength(type) > maxBytes) throw new EventTooLargeError(maxBytes)
}
