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

const keyLength = 8
const keySpace = 36 ** keyLength
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()

/**
 * The key that stands for a topic in event IDs: 8 base-36 digits, zero-padded.
 *
 * It is FNV-1a (64 bits) of the topic in UTF-8, xor-folded to 53 bits as FNV's authors prescribe, modulo 36^8.
 * `''` is `38ktp2ey`, `'a'` is `6mcnqj1z`, `'foobar'` is `zxb6qchw`.
 */
export function topicKey(topic: string): string {
  return (fnv1a53(encoder.encode(topic)) % keySpace).toString(36).padStart(keyLength, '0')
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
  return advanced === undefined ? undefined : topics.find((topic) => topicKey(topic) === advanced)
}

// The 64-bit state is kept as two halves. The prime is 2^40 + 0x1b3, so a product is a shift by 40 plus a small multiple,
// and everything stays below 2^53: no BigInt.
function fnv1a53(bytes: Uint8Array): number {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0
    const product = low * 0x1b3
    high = (high * 0x1b3 + low * 0x100 + Math.floor(product / 2 ** 32)) % 2 ** 32
    low = product >>> 0
  }
  return (high & 0x1fffff) * 2 ** 32 + ((low ^ (high >>> 21)) >>> 0)
}
