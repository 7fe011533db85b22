import { maxTopics } from '../wire/position.ts'
import { topicsByKey } from '../wire/topic-key.ts'
import { InvalidTopicError, TopicCountError } from './errors.ts'

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
