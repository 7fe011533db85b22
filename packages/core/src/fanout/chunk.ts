import type { WrittenPosition } from '../wire/position.ts'

/** One event as a ring keeps it, encoded once for all who read it. */
export interface RingEntry<Event = unknown> {
  /** ASCII, safe on the wire. Undefined for an entry that has no id, or has it in its body. */
  readonly id: string | undefined
  readonly body: Uint8Array
  /** Where its topic is after it; undefined where there is no topic, or the id says it of all topics. */
  readonly position?: WrittenPosition | undefined
  /** True for bytes that are no event. */
  readonly comment?: boolean | undefined
  /** True where it tells that something is missing before it. */
  readonly gap?: boolean | undefined
  /** What filters and subscribers in this process look at. */
  readonly event?: Event | undefined
}

/** Which entries a subscriber wants. */
export type Accepts = (entry: RingEntry) => boolean

/** What a subscriber takes at once. Shared between subscribers: never change it. */
export interface Portion {
  /** What it holds of a ring or of a replay; a hint or an end holds none. */
  readonly entries: readonly RingEntry[]
  /** How many bytes it has, known before they are put together. */
  readonly length: number
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()
const idLineOverhead = 'id: \n'.length
// What is kept of one chunk for those who are given it with other ids.
const maxVariantBytes = 1_048_576

/** Consecutive entries, shared by every subscriber that stands at the same place. May be empty where some were not accepted. */
export class Chunk implements Portion {
  readonly entries: readonly RingEntry[]
  /** How many entries it stands for, those that were not accepted included. */
  readonly span: number
  readonly length: number
  readonly events: number
  /** Where its topic is after it: that of the last entry that has one, whether it was accepted or not. */
  readonly position: WrittenPosition | undefined
  /** Whether the last entry was accepted, so that its id tells how far this goes. */
  readonly tellsAll: boolean
  readonly hasGap: boolean
  #bytes: Uint8Array | undefined
  #variants: Map<string, Chunk> | undefined
  #variantBytes = 0

  /** @param tellsAll - where it is not to be found out from the last entry */
  constructor(entries: readonly RingEntry[], accepts?: Accepts, tellsAll?: boolean) {
    const accepted = accepts ? entries.filter(accepts) : entries
    let length = 0
    let events = 0
    let hasGap = false
    for (const entry of accepted) {
      length += lengthOf(entry)
      if (!entry.comment) events++
      if (entry.gap) hasGap = true
    }
    this.entries = accepted
    this.span = entries.length
    this.length = length
    this.events = events
    this.position = entries.findLast(hasPosition)?.position
    this.tellsAll = tellsAll ?? (entries.length > 0 && accepted.at(-1) === entries.at(-1))
    this.hasGap = hasGap
  }

  /** Chunks of several places in one, in this order. */
  static joined(chunks: readonly Chunk[]): Chunk {
    const entries = chunks.flatMap((chunk) => chunk.entries)
    return new Chunk(entries, undefined, chunks.at(-1)?.tellsAll)
  }

  /** Put together when they are first asked for: a subscriber in this process never does. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= joinEntries(this.entries, this.length))
  }

  /** The same events with other ids, made once for all who are given these. Some are forgotten where there are too many. */
  variant(name: string, make: () => Chunk): Chunk {
    const variants = (this.#variants ??= new Map<string, Chunk>())
    const known = variants.get(name)
    if (known) return known
    const made = make()
    variants.set(name, made)
    this.#variantBytes += made.length
    for (const [oldest, { length }] of variants) {
      if (this.#variantBytes <= maxVariantBytes || oldest === name) break
      variants.delete(oldest)
      this.#variantBytes -= length
    }
    return made
  }
}

/** What a client is given of a portion. */
export function bytesOf({ bytes }: Portion): Uint8Array {
  return bytes
}

/** Bytes that are no entry: a hint, or the end of a stream. */
export function portionOf(bytes: Uint8Array): Portion {
  return { entries: [], length: bytes.length, bytes }
}

/** How many bytes an entry is on the wire. */
export function lengthOf({ id, body }: RingEntry): number {
  return (id === undefined ? 0 : id.length + idLineOverhead) + body.length
}

/**
 * The room left around a chunk's bytes in its buffer, so that an adapter can put a transfer coding's framing there
 * instead of copying it all: enough for HTTP/1.1's chunked coding (RFC 9112, section 7.1) of chunks up to 4 GiB.
 */
export const chunkRoom = { before: 10, after: 2 } as const

/** The bytes of consecutive entries, each id line before its body. */
function joinEntries(entries: readonly RingEntry[], length: number): Uint8Array {
  const [first] = entries
  if (entries.length === 1 && first && first.id === undefined) return first.body
  const { before, after } = chunkRoom
  const bytes = new Uint8Array(before + length + after).subarray(before, before + length)
  let offset = 0
  for (const { id, body } of entries) {
    if (id !== undefined) offset += encoder.encodeInto(`id: ${id}\n`, bytes.subarray(offset)).written
    bytes.set(body, offset)
    offset += body.length
  }
  return bytes
}

function hasPosition({ position }: RingEntry): boolean {
  return position !== undefined
}
