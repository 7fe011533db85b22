import type { Environment } from '../environment.ts'
import { Chunk, type RingEntry, lengthOf } from './chunk.ts'
import { Flusher } from './flusher.ts'
import type { CloseReason } from './stream-close.ts'
import { SlotList, type Slotted } from './slot-list.ts'

/** How a ring keeps what has been written. */
export interface RingOptions {
  /** How many bytes stay for subscribers that are behind. */
  maxBytes: number
  /** Keep what somebody has not got yet, however much it is: for a ring whose producer waits for room. */
  keepUndelivered?: boolean
  /** Called after each flush, when room may have been made. */
  onTrim?: () => void
}

/** What a subscriber can do at the moment. */
export type Standing = 'ready' | 'blocked' | 'stuck' | 'replaying'

/** What a ring knows of a subscriber. */
export interface RingReader extends Slotted {
  /** Kept by the ring. */
  standing: Standing | undefined
  /** The sequence number of the entry that it gets next. */
  readonly position: number
  /** Take all there is, until it is full. */
  pump(): void
  /** Close once everything up to now, then `tail`, has been taken. */
  finish(reason: CloseReason, tail: Uint8Array): void
}

interface KeptEntry extends RingEntry {
  readonly at: number
  readonly size: number
  /** The bytes of all entries before it. */
  readonly offset: number
}

// What an entry costs beside its bytes: objects and array headers, about 200 bytes in V8 and JavaScriptCore.
export const entryOverhead = 200
// Progress of a slow client shows only between writes, so a write is small enough for one to finish well within the
// stall deadline: 64 KiB in 10 s is 6.5 KB/s.
const sliceBytes = 65_536
// 100 stalled clients of Node 26 held 60 MB more when each flush of 100 KB left in two writes: they stopped in between,
// each at a place of its own.
const freshBytes = 262_144
const maxCachedRanges = 16

/**
 * The log that one set of subscribers reads: references to encoded events.
 *
 * A subscriber is a position in it. One flush a turn gives each writable subscriber all it has not seen, in chunks that
 * are built once per position. A blocked subscriber is not even looked at.
 */
export class Ring {
  readonly ready: SlotList<RingReader> = new SlotList()
  readonly blocked: SlotList<RingReader> = new SlotList()
  /** Those that are blocked and have left the ring, so that it need not be kept for them. */
  readonly stuck: SlotList<RingReader> = new SlotList()
  /** Those that read a replay, and would never catch up with a busy ring if it were not kept for them. */
  readonly replaying: SlotList<RingReader> = new SlotList()
  readonly #options: RingOptions
  readonly #environment: Environment
  readonly #flusher: Flusher
  #entries: KeptEntry[] = []
  #start = 0
  #bytes = 0
  /** Where the flush under way has got to in `ready`, from the back; 0 when none is. */
  #cursor = 0
  #passEnd = 0
  /** No writable subscriber is behind this. */
  #flushed = 0
  /** Bytes added so far. */
  #offset = 0
  /** Chunks by where they begin, oldest first: those that end at a boundary, and those that end at the newest entry. */
  readonly #sealed = new Map<number, Chunk>()
  readonly #open = new Map<number, Chunk>()

  constructor(options: RingOptions, environment: Environment, flusher: Flusher = new Flusher(environment)) {
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
  append(entry: RingEntry): void {
    const size = lengthOf(entry) + entryOverhead
    this.#entries.push({ ...entry, at: this.#environment.now(), size, offset: this.#offset })
    this.#offset += size
    this.#bytes += size
    if (this.#open.size > 0) this.#open.clear()
    this.#flusher.add(this)
  }

  /** Put a subscriber where it belongs now; undefined when it leaves. */
  place(subscriber: RingReader, standing: Standing | undefined): void {
    if (subscriber.standing) this[subscriber.standing].remove(subscriber)
    subscriber.standing = standing
    if (standing) this[standing].add(subscriber)
  }

  /** When the entry at `sequence` was added, or undefined when it is gone. */
  addedAt(sequence: number): number | undefined {
    return this.#entries[sequence - this.#start]?.at
  }

  /** The bytes from `sequence` on, up to the end or as much as one write may take. Undefined where there are none. */
  chunkFrom(sequence: number): Chunk | undefined {
    if (sequence < this.#start || sequence >= this.end) return undefined
    const cached = this.#sealed.get(sequence) ?? this.#open.get(sequence)
    if (cached) return cached
    const next = this.#endOfChunk(sequence)
    const chunk = new Chunk(this.#between(sequence, next))
    const cache = next === this.end ? this.#open : this.#sealed
    cache.set(sequence, chunk)
    if (cache.size > maxCachedRanges) cache.delete(cache.keys().next().value as number)
    return chunk
  }

  /** Like {@link chunkFrom}, for one subscriber that wants only some entries. It may be empty. */
  selectFrom(sequence: number, accepts: (entry: RingEntry) => boolean): Chunk | undefined {
    if (sequence < this.#start || sequence >= this.end) return undefined
    return new Chunk(this.#between(sequence, this.#endOfChunk(sequence)), accepts)
  }

  /** Give up to `budget` writable subscribers what they have not seen. Returns how many were looked at. */
  flush(budget: number): number {
    if (this.#cursor === 0) {
      this.#cursor = this.ready.items.length
      this.#passEnd = this.end
    }
    const from = Math.min(this.#cursor, this.ready.items.length)
    const stop = Math.max(0, from - budget)
    // From the back: a subscriber that becomes blocked is replaced by the last one, which has been served.
    for (this.#cursor = from; this.#cursor > stop;) this.ready.items[--this.#cursor]?.pump()
    if (this.#cursor === 0) this.#endPass()
    else this.#flusher.add(this)
    return from - stop
  }

  /** Finish every subscriber. */
  finish(reason: CloseReason, tail: Uint8Array): void {
    for (const subscriber of this.#everyone()) subscriber.finish(reason, tail)
  }

  /** Let go of what nobody needs: everything when no one is behind, else what is above the limit. */
  trim(): void {
    const before = this.#start
    if (this.#options.keepUndelivered) this.#drop(this.#slowest() - this.#start)
    else if (this.blocked.items.length + this.replaying.items.length > 0) this.#dropAboveLimit()
    else this.#drop(this.#flushed - this.#start)
    if (this.#start !== before) this.#options.onTrim?.()
  }

  // Only here is it certain that every writable subscriber has all up to `#passEnd`, so that it may be dropped.
  #endPass(): void {
    this.#flushed = this.#passEnd
    this.trim()
    if (this.end > this.#flushed) this.#flusher.add(this)
  }

  #everyone(): RingReader[] {
    return [this.ready, this.blocked, this.stuck, this.replaying].flatMap(({ items }) => items)
  }

  #slowest(): number {
    return this.#everyone().reduce((least, subscriber) => Math.min(least, subscriber.position), this.end)
  }

  #dropAboveLimit(): void {
    const flushed = this.#flushed - this.#start
    let bytes = this.#bytes
    let count = 0
    while (bytes > this.#options.maxBytes && count < flushed) bytes -= (this.#entries[count++] as KeptEntry).size
    // Dropping shifts the array: worth it only for a good part of the entries, or of the bytes, at a time.
    if (count * 4 < this.#entries.length && bytes * 4 > this.#bytes * 3) return
    this.#drop(count)
    this.#partStuck()
  }

  // Events that outlive their turn are collected late: kept for those whom they cannot help any more, they cost 30 MB
  // beside 100 stalled clients (Node 26).
  #partStuck(): void {
    const stuck = this.blocked.items.filter(({ position }) => position < this.#start)
    for (const subscriber of stuck) this.place(subscriber, 'stuck')
  }

  #drop(count: number): void {
    if (count <= 0) return
    for (const { size } of this.#entries.splice(0, count)) this.#bytes -= size
    this.#start += count
    for (const chunks of [this.#sealed, this.#open]) {
      for (const sequence of chunks.keys()) if (sequence < this.#start) chunks.delete(sequence)
    }
  }

  // Everybody who has caught up gets one chunk. Those behind stand at many places, so theirs end at common boundaries:
  // from the next one on they share, and a chunk that reaches one stays good when entries are added.
  #endOfChunk(sequence: number): number {
    const from = sequence - this.#start
    const first = this.#entries[from] as KeptEntry
    const shared = sequence === this.#flushed && !this.#options.keepUndelivered
    const limit = shared ? first.offset + freshBytes : boundaryAfter(first.offset)
    let index = from + 1
    while ((this.#entries[index]?.offset ?? Infinity) < limit) index++
    return this.#start + index
  }

  #between(from: number, to: number): readonly KeptEntry[] {
    return this.#entries.slice(from - this.#start, to - this.#start)
  }
}

function boundaryAfter(offset: number): number {
  return (Math.floor(offset / sliceBytes) + 1) * sliceBytes
}
