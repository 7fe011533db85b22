/** One event's place in a ring: its id, which is the ring's own, and its body, which all rings share. */
export interface RingEntry<Event = unknown> {
  /** ASCII, safe on the wire. Undefined for an entry that has no id, or has it in its body. */
  readonly id: string | undefined
  readonly body: Uint8Array
  /** True for bytes that are no event. */
  readonly comment?: boolean
  /** What filters and subscribers in this process look at. */
  readonly event?: Event
}

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

/** Consecutive entries, shared by every subscriber that stands at the same place. May be empty where some were not accepted. */
export class Chunk implements Portion {
  readonly entries: readonly RingEntry[]
  /** How many entries it stands for, those that were not accepted included. */
  readonly span: number
  readonly length: number
  readonly events: number
  /** The id after it: that of the last entry that has one, whether it was accepted or not, or where it begins. */
  readonly lastId: string | undefined
  /** The last id in its bytes. */
  readonly toldId: string | undefined
  #bytes: Uint8Array | undefined

  /** @param startId - the id before it */
  constructor(entries: readonly RingEntry[], accepts?: (entry: RingEntry) => boolean, startId?: string) {
    const accepted: RingEntry[] = []
    let length = 0
    let events = 0
    let lastId = startId
    let toldId: string | undefined
    for (const entry of entries) {
      lastId = entry.id ?? lastId
      if (accepts && !accepts(entry)) continue
      toldId = lastId
      accepted.push(entry)
      length += lengthOf(entry)
      if (!entry.comment) events++
    }
    this.entries = accepted
    this.span = entries.length
    this.length = length
    this.events = events
    this.lastId = lastId
    this.toldId = toldId
  }

  /** Put together when they are first asked for: a subscriber in this process never does. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= joinEntries(this.entries, this.length))
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
