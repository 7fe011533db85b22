import type { Environment } from '../environment.ts'
import { type Chunk, type Portion, portionOf, type RingEntry } from './chunk.ts'
import type { Ring } from './ring.ts'

/** What a subscriber has to get before, or instead of, what is in its ring. */
export interface Replay {
  /** The next part of it, or the sequence number from which the ring has everything. */
  read(): Promise<Chunk | number>
  /** Nobody will read on. */
  cancel(): void
}

/** What one subscriber is to get. */
export interface PendingOptions {
  /** Written first. */
  opening?: Uint8Array | undefined
  /** @param checkpoint - the position, when it has moved without an event that told it */
  heartbeatBytes(checkpoint: string | undefined): Uint8Array
  /** Where the subscriber is when it joins; undefined in a ring without ids. */
  lastId?: string | undefined
  /** What it gets before the ring. */
  replay?: Replay | undefined
  /** Gets a subscriber that has left the ring back into it. Without it, such a one is closed as `overflow`. */
  replayFrom?(lastId: string): Replay
  /** Which entries it wants. Default all. */
  accepts?: ((entry: RingEntry) => boolean) | undefined
}

/** What is told of what is pending. */
export interface PendingListener {
  /** There is more to take. */
  onMore(): void
  /** There is something missing that cannot be had. */
  onLost(reason: 'overflow' | 'failed', error?: unknown): void
}

interface End {
  /** The sequence number it ends before. */
  at: number
  tail: Uint8Array | undefined
  /** A replay was under way, and is not completed. */
  abandoned: boolean
}

/**
 * What one subscriber gets next: its opening, what it missed, what is in the ring, hints when there is nothing else, and
 * at last its end.
 */
export class Pending {
  /** The sequence number of the ring's entry that comes next. */
  position: number
  /** Events taken so far. */
  events = 0
  /** When the last hint was taken. */
  hintedAt: number
  /** A hint is due as soon as everything else has been taken. */
  heartbeatDue = false
  readonly #ring: Ring
  readonly #options: PendingOptions
  readonly #environment: Environment
  readonly #listener: PendingListener
  #opening: Uint8Array | undefined
  #replay: Replay | undefined
  /** A part of the replay that was read and is not taken yet. */
  #page: Chunk | undefined
  #reading = false
  #closed = false
  #end: End | undefined
  #notice: Uint8Array | undefined
  #lastId: string | undefined
  #toldId: string | undefined

  constructor(ring: Ring, options: PendingOptions, environment: Environment, listener: PendingListener) {
    this.#ring = ring
    this.#options = options
    this.#environment = environment
    this.#listener = listener
    this.#opening = options.opening
    this.#replay = options.replay
    this.#lastId = this.#toldId = options.lastId
    this.position = ring.end
    this.hintedAt = environment.now()
  }

  /** It reads a replay. */
  get replaying(): boolean {
    return this.#replay !== undefined
  }

  /** There is something to take, as far as is known. */
  get waiting(): boolean {
    const hints = this.heartbeatDue || !!this.#opening || !!this.#notice
    return hints || this.position < this.#ring.end || !!this.#page || !!this.#end
  }

  /** It has an end, and everything before it has been taken. */
  get done(): boolean {
    const end = this.#end
    return !!end && !end.tail && !this.#opening && !this.#mustReplay() && this.position >= end.at
  }

  /** Since when something has been waiting for a subscriber that has been blocked since `blockedAt`. */
  waitingSince(blockedAt: number, now: number): number {
    // Nothing of the ring is waiting, but an opening, a page or an end; or the place in the ring is gone already.
    const oldest = this.#opening || this.#page || this.#end ? blockedAt : now
    return Math.max(blockedAt, this.#ring.addedAt(this.position) ?? oldest)
  }

  /** Give out a hint once everything before it has been taken. A later one replaces it. */
  notify(bytes: Uint8Array): void {
    this.#notice = bytes
  }

  /** End after what is there now, then `tail`. @param complete - a replay that is under way is completed first */
  end(tail: Uint8Array | undefined, complete: boolean): void {
    const abandoned = this.replaying && !complete
    if (abandoned) this.#replay?.cancel()
    this.#end = { at: abandoned ? this.position : this.#ring.end, tail, abandoned }
  }

  close(): void {
    this.#closed = true
    this.#replay?.cancel()
  }

  /** What comes next; undefined when there is nothing now. */
  next(): Portion | undefined {
    for (let portion = this.#advance(); portion; portion = this.#advance()) {
      // None of a chunk may have been accepted.
      if (portion.length > 0) return portion
    }
    return undefined
  }

  #advance(): Portion | undefined {
    if (this.#opening) return this.#takeOpening(this.#opening)
    if (this.#mustReplay()) return this.#takePage()
    if (this.position < (this.#end?.at ?? this.#ring.end)) return this.#takeEntries()
    return this.#end ? this.#takeTail(this.#end) : this.#takeHint()
  }

  #mustReplay(): boolean {
    return this.replaying && !this.#end?.abandoned
  }

  #takeOpening(opening: Uint8Array): Portion {
    this.#opening = undefined
    return portionOf(opening)
  }

  #takePage(): Portion | undefined {
    const page = this.#page
    if (!page) {
      if (!this.#reading) void this.#read(this.#replay as Replay)
      return this.#takeHint()
    }
    this.#page = undefined
    return this.#take(page)
  }

  async #read(replay: Replay): Promise<void> {
    this.#reading = true
    try {
      const page = await replay.read()
      if (this.#closed) return
      if (typeof page === 'number') this.#join(page)
      else this.#page = page
    } catch (error) {
      this.#listener.onLost('failed', error)
    }
    this.#reading = false
    this.#listener.onMore()
  }

  #join(position: number): void {
    this.position = position
    this.#replay = undefined
    if (position < this.#ring.start) this.#fallBehind()
  }

  #fallBehind(): void {
    if (this.#options.replayFrom && this.#lastId !== undefined) this.#replay = this.#options.replayFrom(this.#lastId)
    else this.#listener.onLost('overflow')
  }

  #takeEntries(): Portion | undefined {
    const { accepts } = this.#options
    const chunk = accepts ? this.#ring.selectFrom(this.position, accepts) : this.#ring.chunkFrom(this.position)
    if (!chunk) {
      this.#fallBehind()
      return this.#closed ? undefined : this.#advance()
    }
    this.position += chunk.span
    return this.#take(chunk)
  }

  #take(chunk: Chunk): Portion {
    this.events += chunk.events
    this.#lastId = chunk.lastId ?? this.#lastId
    this.#toldId = chunk.toldId ?? this.#toldId
    return chunk
  }

  #takeTail(end: End): Portion | undefined {
    const { tail } = end
    end.tail = undefined
    return tail && portionOf(tail)
  }

  #takeHint(): Portion | undefined {
    const hint = this.#notice ?? (this.heartbeatDue ? this.#heartbeat() : undefined)
    if (hint === undefined) return undefined
    this.#notice = undefined
    this.heartbeatDue = false
    this.hintedAt = this.#environment.now()
    return portionOf(hint)
  }

  #heartbeat(): Uint8Array {
    const moved = this.#lastId !== this.#toldId
    this.#toldId = this.#lastId
    return this.#options.heartbeatBytes(moved ? this.#lastId : undefined)
  }
}
