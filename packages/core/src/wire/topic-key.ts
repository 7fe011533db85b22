import { HoldfastError } from '../errors.ts'
import { parsePositionId } from './position.ts'

/** Two topics of one subscription have the same key, so their positions could not be told apart. Rename one. */
export class TopicKeyCollisionError extends HoldfastError {
  readonly code = 'topic-key-collision'
  /** The two topics. */
  readonly topics: readonly [string, string]

  constructor(first: string, second: string) {
    super(`Cannot subscribe to "${first}" and "${second}" together: their keys are the same`)
    this.topics = [first, second]
  }
}

/**
 * The key that stands for a topic in event IDs: 8 base-36 digits, zero-padded.
 *
 * It is FNV-1a (64 bits) of the topic in UTF-8, xor-folded to 53 bits as FNV's authors prescribe, modulo 36^8.
 * `''` is `38ktp2ey`, `'a'` is `6mcnqj1z`, `'foobar'` is `zxb6qchw`.
 */
export function topicKey(topic: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(topic)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return (BigInt.asUintN(53, hash ^ (hash >> 53n)) % 36n ** 8n).toString(36).padStart(8, '0')
}

/**
 * Topics by key.
 *
 * @throws {TopicKeyCollisionError} two different topics have one key
 */
export function topicsByKey(topics: Iterable<string>): Map<string, string> {
  const byKey = new Map<string, string>()
  for (const topic of topics) {
    const key = topicKey(topic)
    const other = byKey.get(key)
    if (other !== undefined && other !== topic) throw new TopicKeyCollisionError(other, topic)
    byKey.set(key, topic)
  }
  return byKey
}

/**
 * Which of the subscribed `topics` an event belongs to, by its id.
 *
 * @returns undefined when the id is not a hub's, or belongs to none of them
 */
export function topicOf(id: string, topics: readonly string[]): string | undefined {
  const advanced = parsePositionId(id)?.advanced
  return topics.find((topic) => topicKey(topic) === advanced)
}
