import type { Environment } from '../environment.ts'
import type { Backlog, BacklogPage } from './backlog.ts'
import type { RingEntry } from './chunk.ts'
import type { Ring } from './ring.ts'

/** What one client is to get. */
export interface PendingOptions {
  /** Written first. */
  opening: Uint8Array
  /** @param checkpoint - the position, when it has moved without an event that told it */
  heartbeatBytes(checkpoint: string | undefined): Uint8Array
  /** Where the client is when it joins; undefined in a ring without ids. */
  lastId?: string | undefined
  /** What it gets before the ring. */
  backlog?: Backlog | undefined
  /** Gets a subscriber that has left the ring back into it. Without it, such a one is closed as `overflow`. */
  refill?(lastId: string): Backlog
  /** Which entries it wants. Default all. */
  accepts?: ((entry: RingEntry) => boolean) | undefined
}

/** What an outbox tells its subscriber. */
export interface PendingListener {
  /** There is more to write. */
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
 * What one client gets next: its opening, what it missed, what is in the ring, hints when there is nothing else,
 * and at last its end.
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
  #backlog: Backlog | undefined
  #page: BacklogPage | undefined
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
    this.#backlog = options.backlog
    this.#lastId = this.#toldId = options.lastId
    this.position = ring.end
    this.hintedAt = environment.now()
  }

  /** It reads a backlog. */
  get replaying(): boolean {
    return this.#backlog !== undefined
  }

  /** There are bytes to take, as far as is known. */
  get waiting(): boolean {
    const hints = this.heartbeatDue || !!this.#opening || !!this.#notice
    return hints || this.position < this.#ring.end || !!this.#page || !!this.#end
  }

  /** It has an end, and everything before it has been taken. */
  get done(): boolean {
    return (
      this.#end !== undefined &&
      !this.#end.tail &&
      !this.#opening &&
      !this.#isReplaying() &&
      this.position >= this.#end.at
    )
  }

  /** Since when bytes have been waiting for a client that has been blocked since `blockedAt`. */
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
    if (abandoned) this.#backlog?.cancel()
    this.#end = { at: abandoned ? this.position : this.#ring.end, tail, abandoned }
  }

  close(): void {
    this.#closed = true
    this.#backlog?.cancel()
  }

  /** The bytes that come next; undefined when there are none now. */
  next(): Uint8Array | undefined {
    for (let bytes = this.#advance(); bytes; bytes = this.#advance()) {
      // All of a page or of a chunk may have been filtered out.
      if (bytes.length > 0) return bytes
    }
    return undefined
  }

  #advance(): Uint8Array | undefined {
    if (this.#opening) return this.#takeOpening()
    if (this.#isReplaying()) return this.#takePage()
    if (this.position < (this.#end?.at ?? this.#ring.end)) return this.#takeEntries()
    return this.#end ? this.#takeTail(this.#end) : this.#takeHint()
  }

  #isReplaying(): boolean {
    return this.replaying && !this.#end?.abandoned
  }

  #takeOpening(): Uint8Array | undefined {
    const opening = this.#opening
    this.#opening = undefined
    return opening
  }

  #takePage(): Uint8Array | undefined {
    const page = this.#page
    if (!page) {
      if (!this.#reading) void this.#read(this.#backlog as Backlog)
      return this.#takeHint()
    }
    this.#page = undefined
    this.events += page.events
    this.#lastId = page.lastId
    this.#toldId = page.toldId ?? this.#toldId
    return page.bytes
  }

  async #read(backlog: Backlog): Promise<void> {
    this.#reading = true
    try {
      const page = await backlog.read()
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
    this.#backlog = undefined
    if (position < this.#ring.start) this.#fallBehind()
  }

  #fallBehind(): void {
    if (this.#options.refill && this.#lastId !== undefined) this.#backlog = this.#options.refill(this.#lastId)
    else this.#listener.onLost('overflow')
  }

  #takeEntries(): Uint8Array | undefined {
    const { accepts } = this.#options
    const chunk = accepts ? this.#ring.selectFrom(this.position, accepts) : this.#ring.chunkFrom(this.position)
    if (!chunk) {
      this.#fallBehind()
      return this.#closed ? undefined : this.#advance()
    }
    this.position = chunk.next
    this.#lastId = chunk.lastId ?? this.#lastId
    this.#toldId = accepts ? (chunk.toldId ?? this.#toldId) : this.#lastId
    this.events += chunk.events
    return chunk.bytes
  }

  #takeTail(end: End): Uint8Array | undefined {
    const { tail } = end
    end.tail = undefined
    return tail
  }

  #takeHint(): Uint8Array | undefined {
    const hint = this.#notice ?? (this.heartbeatDue ? this.#heartbeat() : undefined)
    if (hint === undefined) return undefined
    this.#notice = undefined
    this.heartbeatDue = false
    this.hintedAt = this.#environment.now()
    return hint
  }

  #heartbeat(): Uint8Array {
    const moved = this.#lastId !== this.#toldId
    this.#toldId = this.#lastId
    return this.#options.heartbeatBytes(moved ? this.#lastId : undefined)
  }
}
