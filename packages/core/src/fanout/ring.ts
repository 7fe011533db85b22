import type { WrittenPosition } from '../wire/position.ts'
import { Chunk, type RingEntry, lengthOf } from './chunk.ts'
import { ChunkCache } from './chunk-cache.ts'
import type { Flushable } from './flusher.ts'
import type { Keeper, RingGroup } from './ring-group.ts'
import { SlotList, type Slotted } from './slot-list.ts'

/** How a ring keeps what has been written. */
export interface RingOptions {
  /** How many bytes stay for subscribers that are behind. */
  maxBytes: number
  /** Keep what somebody has not got yet, however much it is: for a ring whose producer waits for room. */
  keepUndelivered?: boolean
  /** Called when room may have been made. */
  onTrim?: () => void
}

/**
 * Where a place is kept: `ready` ones are looked at in each flush; `behind` ones have entries to take once their subscriber
 * can; those of `stuck` ones are gone, so that the ring need not be kept for them.
 */
export type Standing = 'ready' | 'behind' | 'stuck'

/** What a ring knows of a subscriber's place in it. */
export interface RingPlace extends Slotted {
  /** Kept by the ring. */
  standing: Standing | undefined
  /** The sequence number of the entry that its subscriber gets next. */
  readonly sequence: number
  /** Take all there is, or stand behind. Returns how many bytes were taken. @param isOnly - no other ring has anything new */
  flush(isOnly: boolean): number
  /** What the ring is of has come to an end. */
  over(): void
}

interface KeptEntry extends RingEntry {
  readonly at: number
  readonly order: number
  readonly size: number
  /** The bytes of all entries before it. */
  readonly offset: number
}

// What an entry costs beside its bytes: objects and array headers, about 200 bytes in V8 and JavaScriptCore.
export const entryOverhead = 200
// Progress of a slow client shows only between writes, so a write is small enough for one to finish well within the
// stall deadline: 64 KiB in 10 s is 6.5 KB/s.
export const sliceBytes = 65_536
// 100 stalled clients of Node 26 held 60 MB more when each flush of 100 KB left in two writes: they stopped in between,
// each at a place of its own.
const freshBytes = 262_144
// A flush of large chunks ends its turn before 1,000 subscribers: 8 KiB to make and send count as one more of them, which is
// an estimate.
const bytesALook = 8_192

/**
 * The log that its subscribers read: references to events, each encoded once.
 *
 * A subscriber has a place in it. One flush a turn gives each that can take something all it has not seen, in chunks that
 * are built once per place. One that cannot is not even looked at.
 */
export class Ring implements Flushable, Keeper {
  readonly ready: SlotList<RingPlace> = new SlotList()
  /** Behind, or stuck. */
  readonly away: SlotList<RingPlace> = new SlotList()
  /** Where its topic is: at its newest entry. Undefined where it has no topic. */
  position: WrittenPosition | undefined
  readonly #options: RingOptions
  readonly #group: RingGroup
  #entries: KeptEntry[] = []
  #start = 0
  #bytes = 0
  /** How many places are behind. */
  #behind = 0
  /** Where the flush under way has got to in `ready`, from the back; 0 when none is. */
  #cursor = 0
  #passEnd = 0
  /** No ready place is before this. */
  #flushed = 0
  /** Bytes added so far. */
  #offset = 0
  #chunks: ChunkCache | undefined

  constructor(options: RingOptions, group: RingGroup) {
    this.#options = options
    this.#group = group
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

  /** Whether something new is in a ring of the group. */
  get isFlushDue(): boolean {
    return this.#group.flusher.isDue
  }

  /** Whether anybody reads it. */
  get isRead(): boolean {
    return this.ready.items.length + this.away.items.length > 0
  }

  /** Add an entry; it leaves with everything else of this turn. */
  append(entry: RingEntry): void {
    this.position = entry.position ?? this.position
    const size = lengthOf(entry) + entryOverhead
    const order = this.#group.nextOrder()
    this.#entries.push({ ...entry, at: this.#group.environment.now(), order, size, offset: this.#offset })
    this.#offset += size
    this.#bytes += size
    this.#chunks?.dropOpen()
    this.#group.keep(this, size)
    this.#group.flusher.add(this)
  }

  /** Put a place where it belongs now; undefined when its subscriber leaves. */
  place(place: RingPlace, standing: Standing | undefined): void {
    if (place.standing) this.#listOf(place.standing).remove(place)
    if (place.standing === 'behind') this.#behind--
    place.standing = standing
    if (standing) this.#listOf(standing).add(place)
    if (standing === 'behind') this.#behind++
  }

  /** When the entry at `sequence` was added, or undefined when it is gone. */
  addedAt(sequence: number): number | undefined {
    return this.#entries[sequence - this.#start]?.at
  }

  /** When the entry at `sequence` was added, against those of all rings of the group; undefined when there is none. */
  orderOf(sequence: number): number | undefined {
    return this.#entries[sequence - this.#start]?.order
  }

  /** The bytes of the entry at `sequence`, its own cost included; 0 when there is none. */
  sizeOf(sequence: number): number {
    return this.#entries[sequence - this.#start]?.size ?? 0
  }

  /** The bytes from `sequence` on, up to the end or as much as one write may take. Undefined where there are none. */
  chunkFrom(sequence: number): Chunk | undefined {
    if (sequence < this.#start || sequence >= this.end) return undefined
    const chunks = (this.#chunks ??= new ChunkCache())
    const cached = chunks.get(sequence)
    if (cached) return cached
    const next = this.#endOfChunk(sequence)
    const chunk = new Chunk(this.between(sequence, next))
    chunks.set(sequence, chunk, next === this.end)
    return chunk
  }

  /** The entries from one sequence number to before another. */
  between(from: number, to: number): readonly RingEntry[] {
    return this.#entries.slice(from - this.#start, to - this.#start)
  }

  /** Give ready places what they have not seen, as much as `budget` allows. Returns how much of it was used. */
  flush(budget: number, isOnly: boolean): number {
    if (this.#cursor === 0) {
      this.#cursor = this.ready.items.length
      this.#passEnd = this.end
    }
    let used = 0
    // From the back: a place that gets behind is replaced by the last one, which has been served.
    this.#cursor = Math.min(this.#cursor, this.ready.items.length)
    while (this.#cursor > 0 && used < budget) {
      const place = this.ready.items[--this.#cursor] // undefined where several have just left
      if (place) used += 1 + Math.floor(place.flush(isOnly) / bytesALook)
    }
    if (this.#cursor === 0) this.#endPass()
    else this.#group.flusher.add(this)
    return used
  }

  /** Tell every subscriber that what the ring is of has come to an end. */
  over(): void {
    for (const place of [...this.ready.items, ...this.away.items]) place.over()
  }

  /** Let go of what nobody needs: everything when no one is behind, else what is above the limit. */
  trim(): void {
    const before = this.#start
    if (this.#options.keepUndelivered) this.#drop(this.#slowest() - this.#start)
    else if (this.#behind > 0) this.#dropAboveLimit()
    else this.#drop(this.#flushed - this.#start)
    if (this.#start !== before) this.#options.onTrim?.()
  }

  letGo(): void {
    if (this.#options.keepUndelivered) return
    this.#drop(this.#flushed - this.#start)
    this.#partStuck()
  }

  #listOf(standing: Standing): SlotList<RingPlace> {
    return standing === 'ready' ? this.ready : this.away
  }

  // Only here is it certain that every ready place has all up to `#passEnd`, so that it may be dropped.
  #endPass(): void {
    this.#flushed = this.#passEnd
    this.trim()
    this.#group.fit()
    if (this.end > this.#flushed) this.#group.flusher.add(this)
  }

  #slowest(): number {
    let least = this.end
    for (const { items } of [this.ready, this.away]) {
      for (const { sequence } of items) least = Math.min(least, sequence)
    }
    return least
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
    const stuck = this.away.items.filter(({ standing, sequence }) => standing === 'behind' && sequence < this.#start)
    for (const place of stuck) this.place(place, 'stuck')
  }

  #drop(count: number): void {
    if (count <= 0) return
    let bytes = 0
    for (const { size } of this.#entries.splice(0, count)) bytes += size
    this.#bytes -= bytes
    this.#start += count
    this.#group.release(this, bytes, this.#entries.length === 0)
    if (this.#entries.length === 0) this.#chunks = undefined
    else this.#chunks?.dropBefore(this.#start)
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
}

function boundaryAfter(offset: number): number {
  return (Math.floor(offset / sliceBytes) + 1) * sliceBytes
}
