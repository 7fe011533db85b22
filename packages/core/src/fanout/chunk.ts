/** One event's place in a ring: its id, which is the ring's own, and its body, which all rings share. */
export interface RingEntry<Event = unknown> {
  /** ASCII, safe on the wire. Undefined for an entry that has no id, or has it in its body. */
  readonly id: string | undefined
  readonly body: Uint8Array
  /** True for bytes that are no event. */
  readonly comment?: boolean
  /** What a subscriber's filter looks at. */
  readonly event?: Event
}

/** Consecutive bytes of a ring, shared by every subscriber that stands at the same place. */
export interface Chunk {
  readonly bytes: Uint8Array
  /** The sequence number after its last entry. */
  readonly next: number
  readonly events: number
  /** The id of the last entry that has one, whether it was selected or not. */
  readonly lastId: string | undefined
  /** The id of the last entry in `bytes` that has one. */
  readonly toldId: string | undefined
}

const encoder = new TextEncoder()
const idLineOverhead = 'id: \n'.length

/** Put entries together, or those of them that are accepted: then it may be empty. */
export function buildChunk(
  entries: readonly RingEntry[],
  next: number,
  accepts?: (entry: RingEntry) => boolean,
): Chunk {
  const selected: RingEntry[] = []
  let length = 0
  let events = 0
  let lastId: string | undefined
  let toldId: string | undefined
  for (const entry of entries) {
    lastId = entry.id ?? lastId
    if (accepts && !accepts(entry)) continue
    toldId = lastId
    selected.push(entry)
    length += lengthOf(entry)
    if (!entry.comment) events++
  }
  return { bytes: joinEntries(selected, length), next, events, lastId, toldId }
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
