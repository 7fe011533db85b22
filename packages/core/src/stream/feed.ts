import type { Environment } from '../environment.ts'
import type { CloseReason } from './closed.ts'
import { Flusher } from './flusher.ts'
import { SlotList } from './slot-list.ts'
import type { Subscriber } from './subscriber.ts'

/** One event's place in a feed: its id, which is the feed's own, and its body, which all feeds share. */
export interface FeedEntry<Event = unknown> {
  /** ASCII, safe on the wire. Undefined for an entry that has no id, or has it in its body. */
  readonly id: string | undefined
  readonly body: Uint8Array
  /** True for bytes that are no event. */
  readonly comment?: boolean
  /** What a subscriber's filter looks at. */
  readonly event?: Event
}

/** Consecutive bytes of a feed, shared by every subscriber that stands at the same place. */
export interface FeedChunk {
  readonly bytes: Uint8Array
  /** The sequence number after its last entry. */
  readonly next: number
  readonly events: number
  /** The id of the last entry that has one, whether it was selected or not. */
  readonly lastId: string | undefined
  /** The id of the last entry in `bytes` that has one. */
  readonly toldId: string | undefined
}

/** How a feed keeps what has been written. */
export interface FeedOptions {
  /** How many bytes stay for subscribers that are behind. */
  maxBytes: number
  /** Keep what somebody has not got yet, however much it is: for a feed whose producer waits for room. */
  keepUndelivered?: boolean
  /** Called after each flush, when room may have been made. */
  onTrim?: () => void
}

const encoder = new TextEncoder()

interface RingEntry extends FeedEntry {
  readonly at: number
  readonly size: number
}

// What an entry costs beside its bytes: objects and array headers, about 200 bytes in V8 and JavaScriptCore.
export const entryOverhead = 200
// Progress of a slow client shows only between writes, so a write is small enough for one to finish well within the
// stall deadline: 64 KiB in 10 s is 6.5 KB/s.
const sliceBytes = 65_536
const maxCachedRanges = 16

/**
 * The log that one set of subscribers reads: a ring of references to encoded events.
 *
 * A subscriber is a position in it. One flush a turn gives each writable subscriber all it has not seen, in chunks that
 * are built once per position. A blocked subscriber is not even looked at.
 */
export class Feed {
  readonly ready: SlotList<Subscriber> = new SlotList()
  readonly blocked: SlotList<Subscriber> = new SlotList()
  readonly #options: FeedOptions
  readonly #environment: Environment
  readonly #flusher: Flusher
  #entries: RingEntry[] = []
  #start = 0
  #bytes = 0
  /** Where the flush under way has got to in `ready`, from the back; 0 when none is. */
  #cursor = 0
  #passEnd = 0
  /** No writable subscriber is behind this. */
  #flushed = 0
  #chunks = new Map<number, FeedChunk>()

  constructor(options: FeedOptions, environment: Environment, flusher: Flusher = new Flusher(environment)) {
    this.#options = options
    this.#environment = environment
    this.#flusher = flusher
  }

  /** The sequence number of the oldest entry kept. */
  get start(): number {
    return this.#start
  }

  /** The sequence number the next entry will get. */
  get end(): number {
    return this.#start + this.#entries.length
  }

  /** The bytes kept, entries' own cost included. */
  get bytes(): number {
    return this.#bytes
  }

  /** Add an entry; it leaves with everything else of this turn. */
  append(entry: FeedEntry): void {
    const size = lengthOf(entry) + entryOverhead
    this.#entries.push({ ...entry, at: this.#environment.now(), size })
    this.#bytes += size
    if (this.#chunks.size > 0) this.#chunks.clear()
    this.#flusher.add(this)
  }

  /** When the entry at `sequence` was added, or undefined when it is gone. */
  addedAt(sequence: number): number | undefined {
    return this.#entries[sequence - this.#start]?.at
  }

  /** The bytes from `sequence` on, up to the end or about 64 KiB. Undefined when it is gone or not there yet. */
  chunkFrom(sequence: number): FeedChunk | undefined {
    if (sequence < this.#start || sequence >= this.end) return undefined
    const cached = this.#chunks.get(sequence)
    if (cached) return cached
    const chunk = this.#build(sequence, undefined)
    if (this.#chunks.size < maxCachedRanges) this.#chunks.set(sequence, chunk)
    return chunk
  }

  /** Like {@link chunkFrom}, for one subscriber that wants only some entries. It may be empty. */
  selectFrom(sequence: number, accepts: (entry: FeedEntry) => boolean): FeedChunk | undefined {
    if (sequence < this.#start || sequence >= this.end) return undefined
    return this.#build(sequence, accepts)
  }

  /** Give up to `budget` writable subscribers what they have not seen. Returns how many were looked at. */
  flush(budget: number): number {
    if (this.#cursor === 0) {
      this.#cursor = this.ready.length
      this.#passEnd = this.end
    }
    const from = Math.min(this.#cursor, this.ready.length)
    const stop = Math.max(0, from - budget)
    // From the back: a subscriber that becomes blocked is replaced by the last one, which has been served.
    for (this.#cursor = from; this.#cursor > stop; ) this.ready.items[--this.#cursor]?.pump()
    if (this.#cursor === 0) this.#endPass()
    else this.#flusher.add(this)
    return from - stop
  }

  /** Finish every subscriber, as {@link Subscriber.finish}. */
  finish(reason: CloseReason, tail: Uint8Array): void {
    for (const subscriber of [...this.ready.items, ...this.blocked.items]) subscriber.finish(reason, tail)
  }

  /** Let go of what nobody needs: everything when no one is behind, else what is above the limit. */
  trim(): void {
    const before = this.#start
    if (this.#options.keepUndelivered) this.#drop(this.#slowest() - this.#start)
    else if (this.blocked.length === 0) this.#drop(this.#flushed - this.#start)
    else this.#dropAboveLimit()
    if (this.#start !== before) this.#options.onTrim?.()
  }

  // Only here is it certain that every writable subscriber has all up to `#passEnd`, so that it may be dropped.
  #endPass(): void {
    this.#flushed = this.#passEnd
    this.trim()
    if (this.end > this.#flushed) this.#flusher.add(this)
  }

  #slowest(): number {
    const everyone = [...this.ready.items, ...this.blocked.items]
    return everyone.reduce((least, subscriber) => Math.min(least, subscriber.position), this.end)
  }

  #dropAboveLimit(): void {
    const flushed = this.#flushed - this.#start
    let bytes = this.#bytes
    let count = 0
    while (bytes > this.#options.maxBytes && count < flushed) bytes -= this.#entries[count++]?.size ?? bytes
    // Dropping shifts the array: worth it only for a good part of the entries, or of the bytes, at a time.
    if (count * 4 >= this.#entries.length || bytes * 4 <= this.#bytes * 3) this.#drop(count)
  }

  #drop(count: number): void {
    if (count <= 0) return
    for (let index = 0; index < count; index++) this.#bytes -= this.#entries[index]?.size ?? 0
    this.#entries = count === this.#entries.length ? [] : this.#entries.slice(count)
    this.#start += count
    this.#chunks.clear()
  }

  #build(sequence: number, accepts: ((entry: FeedEntry) => boolean) | undefined): FeedChunk {
    const selected: FeedEntry[] = []
    let length = 0
    let events = 0
    let lastId: string | undefined
    let toldId: string | undefined
    let index = sequence - this.#start
    while (index < this.#entries.length && length < sliceBytes) {
      const entry = this.#entries[index++] as RingEntry
      lastId = entry.id ?? lastId
      if (accepts && !accepts(entry)) continue
      toldId = lastId
      selected.push(entry)
      length += lengthOf(entry)
      if (!entry.comment) events++
    }
    return { bytes: joinEntries(selected, length), next: this.#start + index, events, lastId, toldId }
  }
}

const idLineOverhead = 'id: \n'.length

/** How many bytes an entry is on the wire. */
export function lengthOf({ id, body }: FeedEntry): number {
  return (id === undefined ? 0 : id.length + idLineOverhead) + body.length
}

/** The bytes of consecutive entries, each id line before its body. */
export function joinEntries(entries: readonly FeedEntry[], length: number): Uint8Array {
  const [first] = entries
  if (entries.length === 1 && first && first.id === undefined) return first.body
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const { id, body } of entries) {
    if (id !== undefined) offset += encoder.encodeInto(`id: ${id}\n`, bytes.subarray(offset)).written
    bytes.set(body, offset)
    offset += body.length
  }
  return bytes
}
