/**
 * Positions, and the event IDs that carry them: `c1~key-epoch-offset(~key-epoch-offset)*`.
 *
 * An ID is the whole vector of a subscription's positions, because a client sends only its last one back. The first
 * component is the topic that this event advances, the rest is sorted by key, so one state has one spelling. Numbers
 * are base 36; the alphabet `[0-9a-z~-]` is safe in a header and in a query. A topic stands in it as a key, a hash of its
 * name.
 */
import { encoder } from './bytes.ts'
import { TopicKeyCollisionError } from './errors.ts'

/** Where an event stands in its topic's log. Positions of one topic are ordered by epoch, then offset. */
export interface Position {
  /** When the log began, in milliseconds since 1970. A log that lost its history begins a later epoch. */
  epoch: number
  /** 1 for the first event of an epoch; 0 is before it. */
  offset: number
}

/** A position with the way it stands in event IDs. */
export interface WrittenPosition extends Position {
  /** `~key-epoch-offset` */
  readonly component: string
}

/** An event ID taken apart. */
export interface PositionId {
  /** The key of the topic that the event advanced; of a checkpoint, merely the first. */
  readonly advanced: string
  /** Positions by topic key, in the order of the ID; 1 to 32. */
  readonly positions: ReadonlyMap<string, Position>
}

/** How many topics one ID, and so one subscription, can hold. */
export const maxTopics = 32

// At most 1,058 characters.
const shape = /^c1(~[0-9a-z]{8}(-(0|[1-9a-z][0-9a-z]{0,10})){2}){1,32}$/

/** Negative when `a` is before `b` in their topic's log, positive when after, 0 when they are the same. */
export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.offset - b.offset
}

/**
 * Write an event ID from positions by topic key (see `topicKey`).
 *
 * @param advanced - the key that the event advances; undefined for a checkpoint, whose components are all sorted
 * @param positions - 1 to 32 entries; epochs and offsets are non-negative safe integers
 */
export function formatPositionId(advanced: string | undefined, positions: ReadonlyMap<string, Position>): string {
  let id = `c1${formatComponent(advanced, positions)}`
  if (positions.size > 1 || id.length < 3) {
    for (const key of [...positions.keys()].sort()) if (key !== advanced) id += formatComponent(key, positions)
  }
  return id
}

/** Write a position of the topic with this key once, for all ids in which it will stand. */
export function writePosition(key: string, { epoch, offset }: Position): WrittenPosition {
  return { epoch, offset, component: componentOf(key, epoch, offset) }
}

/** An event ID of written positions: the one that is advanced first, the others sorted by key. */
export function joinPositions(positions: Iterable<WrittenPosition>): string {
  let id = 'c1'
  for (const { component } of positions) id += component
  return id
}

/**
 * Take an event ID apart. The order of components is not checked, their spelling is: leading zeros and capitals make
 * another shape.
 *
 * @returns undefined for an opaque ID: another shape, over 4 KiB, over 32 components, a number beyond 2^53 − 1, or a key twice
 */
export function parsePositionId(id: string): PositionId | undefined {
  if (!shape.test(id)) return undefined
  const positions = new Map<string, Position>()
  for (const component of id.slice(3).split('~')) {
    const [key, epoch, offset] = component.split('-') as [string, string, string]
    const position = { epoch: parseInt(epoch, 36), offset: parseInt(offset, 36) }
    if (positions.has(key) || Math.max(position.epoch, position.offset) >= 2 ** 53) return undefined
    positions.set(key, position)
  }
  return { advanced: id.slice(3, 11), positions }
}

function formatComponent(key: string | undefined, positions: ReadonlyMap<string | undefined, Position>): string {
  const position = positions.get(key)
  return position ? componentOf(key as string, position.epoch, position.offset) : ''
}

function componentOf(key: string, epoch: number, offset: number): string {
  return `~${key}-${epoch.toString(36)}-${offset.toString(36)}`
}

/**
 * The key that stands for a topic in event IDs: 8 base-36 digits, zero-padded.
 *
 * It is FNV-1a (64 bits) of the topic in UTF-8, xor-folded to 53 bits as FNV's authors prescribe, modulo 36^8.
 * `''` is `38ktp2ey`, `'a'` is `6mcnqj1z`, `'foobar'` is `zxb6qchw`.
 */
export function topicKey(topic: string): string {
  // In halves of 32 bits, since BigInt makes an object at each step. The prime is 2^40 + 0x1b3.
  let [high, low] = [0xcbf29ce4, 0x84222325]
  for (const byte of encoder.encode(topic)) {
    low = (low ^ byte) >>> 0
    const product = low * 0x1b3
    high = (high * 0x1b3 + low * 256 + Math.floor(product / 2 ** 32)) >>> 0
    low = product >>> 0
  }
  const folded = (high & 0x1fffff) * 2 ** 32 + ((low ^ (high >>> 21)) >>> 0)
  return (folded % 36 ** 8).toString(36).padStart(8, '0')
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
