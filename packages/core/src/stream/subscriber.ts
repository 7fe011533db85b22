import type { Environment } from '../environment.ts'
import { callSafely } from '../report.ts'
import type { Backlog, BacklogPage } from './backlog.ts'
import type { Closed, CloseReason } from './closed.ts'
import type { Deadline, DeadlineWheel } from './deadlines.ts'
import { StreamClosedError } from './errors.ts'
import type { FeedEntry } from './chunk.ts'
import type { Feed, Standing } from './feed.ts'
import type { Sink } from './sink.ts'
import type { Slotted } from './slot-list.ts'

/** How one subscriber behaves. Times are milliseconds, Infinity for never; ends are on the monotonic clock. */
export interface SubscriberOptions {
  /** Written first. */
  opening: Uint8Array
  heartbeat: number
  stallTimeout: number
  /** When the stream is too old. */
  oldAt: number
  /** When the credentials expire. */
  expiresAt: number
  /** Write a hint every `heartbeat` on a busy stream too: clients read the server's clock and load from it. */
  keepHinting?: boolean
  /** @param checkpoint - the position, when it has moved without an event that told it */
  heartbeatBytes(checkpoint: string | undefined): Uint8Array
  /** How long a client that has acknowledged once may be silent before it is closed. Default for ever. */
  acknowledgeTimeout?: number
  /** Where the client is when it joins; undefined in a feed without ids. */
  lastId?: string | undefined
  /** What it gets before the ring. */
  backlog?: Backlog | undefined
  /** Gets a subscriber that has left the ring back into it. Without it, such a one is closed as `overflow`. */
  refill?(lastId: string): Backlog
  /** Which entries it wants. Default all. */
  accepts?: ((entry: FeedEntry) => boolean) | undefined
  /** Called once, when it begins to finish: it takes no more entries. */
  onFinish?(reason: CloseReason): void
  onClose(close: Closed): void
}

interface Finish {
  reason: CloseReason
  tail: Uint8Array | undefined
  error: unknown
  /** The feed's end when it was asked for. */
  at: number
  /** A replay was under way, and is not completed. */
  abandoned: boolean
}

/**
 * One client: a position in a feed, a sink, and the deadlines that find out when it no longer works.
 *
 * It is *blocked* from a `write` that returned false to the sink's `onDrain`, and *replaying* while it reads a backlog.
 * Closing is idempotent and never throws.
 */
export class Subscriber implements Slotted, Deadline {
  slot = -1
  /** Kept by its feed. */
  standing: Standing | undefined
  /** The sequence number of the feed's entry that it gets next. */
  position: number
  readonly #feed: Feed
  readonly #options: SubscriberOptions
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  readonly #openedAt: number
  #sink: Sink | undefined
  #opening: Uint8Array | undefined
  #backlog: Backlog | undefined
  #page: BacklogPage | undefined
  #reading = false
  #blocked = true
  #closed = false
  #finish: Finish | undefined
  #wroteAt: number
  #hintedAt: number
  #blockedAt: number
  /** Since when bytes have been waiting without any being taken, once a look at the deadlines has seen some. */
  #waitingSince: number | undefined
  #heartbeatDue = false
  /** When the client must have acknowledged again: never, until it has done so once. */
  #acknowledgeBy = Infinity
  #notice: Uint8Array | undefined
  #lastId: string | undefined
  #toldId: string | undefined
  #events = 0
  #bytes = 0

  constructor(feed: Feed, options: SubscriberOptions, environment: Environment, wheel: DeadlineWheel) {
    this.#feed = feed
    this.#options = options
    this.#environment = environment
    this.#wheel = wheel
    this.#opening = options.opening
    this.#backlog = options.backlog
    this.#lastId = this.#toldId = options.lastId
    this.#openedAt = this.#wroteAt = this.#hintedAt = this.#blockedAt = environment.now()
    this.position = feed.end
    feed.place(this, 'blocked')
    wheel.set(this, this.#lookAgain(this.#openedAt))
  }

  get closed(): boolean {
    return this.#closed
  }

  /** When it was last blocked, on the monotonic clock. */
  get blockedAt(): number {
    return this.#blockedAt
  }

  /** Events written so far. */
  get events(): number {
    return this.#events
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Send bytes to `sink` from now on, beginning when it calls `onDrain`. */
  connect(sink: Sink): void {
    if (this.#sink) this.#sink.onDrain = this.#sink.onClose = undefined
    this.#sink = sink
    sink.onDrain = () => this.#drained()
    sink.onClose = (error) => {
      this.#sink = undefined
      this.close('client-closed', error)
    }
  }

  /** Write a hint as soon as the client has caught up. A later one replaces it. */
  notify(bytes: Uint8Array): void {
    this.#notice = bytes
    this.pump()
  }

  /** The client says that it is there. */
  acknowledge(): void {
    const now = this.#environment.now()
    this.#acknowledgeBy = now + (this.#options.acknowledgeTimeout ?? Infinity)
    if (!this.#closed) this.#wheel.set(this, this.expire(now))
  }

  /** Write all that is waiting, until the sink is full. */
  pump(): void {
    while (!this.#blocked && !this.#closed) {
      if (!this.#writeNext()) break
    }
    this.#place()
  }

  /** Close once everything up to now, then `tail`, has been written. Later entries may be, if they share a chunk. */
  finish(reason: CloseReason, tail?: Uint8Array, error?: unknown): void {
    if (this.#closed || this.#finish) return
    // A replay is given up, since the client can resume from its last id; a feed that ends is told to the end.
    const abandoned = this.#backlog !== undefined && reason !== 'ended'
    if (abandoned) this.#backlog?.cancel()
    this.#finish = { reason, tail, at: abandoned ? this.position : this.#feed.end, error, abandoned }
    this.#options.onFinish?.(reason)
    this.pump()
  }

  /** Close now. What is written already still arrives if the client takes it; a client that is behind is cut. */
  close(reason: CloseReason, error?: unknown): void {
    if (this.#closed) return
    const behind = this.#blocked && this.#hasBytes()
    this.#closed = true
    this.#wheel.remove(this)
    this.#backlog?.cancel()
    this.#feed.place(this, undefined)
    this.#feed.trim()
    this.#closeSink(reason, behind)
    const durationMs = this.#environment.now() - this.#openedAt
    const closed = { reason, durationMs, events: this.#events, bytes: this.#bytes }
    callSafely(this.#options.onClose, error === undefined ? closed : { ...closed, error })
  }

  expire(now: number): number {
    const { heartbeat, oldAt, expiresAt } = this.#options
    if (now >= expiresAt) this.close('unauthorized')
    else if (now >= this.#acknowledgeBy) this.close('unacknowledged')
    else if (now >= oldAt) this.finish('max-age')
    if (now >= this.#quietSince() + heartbeat) this.#beat()
    if (now >= this.#stalledAt(now)) this.close('stalled')
    return this.#closed ? Infinity : this.#lookAgain(now)
  }

  #lookAgain(now: number): number {
    const { heartbeat, stallTimeout, oldAt, expiresAt } = this.#options
    // A client that is not waiting now can be stalled at the earliest in `stallTimeout`. Looking four times as often
    // finds the beginning of the wait while its entry is still in the ring.
    const look = Math.min(this.#stalledAt(now), now + Math.max(stallTimeout / 4, 1))
    // A full stream may drain at any time, and be silent from then on.
    const beatAt = (this.#heartbeatDue ? now : this.#quietSince()) + heartbeat
    return Math.min(look, beatAt, expiresAt, this.#acknowledgeBy, this.#finish ? Infinity : oldAt)
  }

  #quietSince(): number {
    return this.#options.keepHinting ? this.#hintedAt : this.#wroteAt
  }

  #stalledAt(now: number): number {
    if (!this.#blocked || !this.#hasBytes()) this.#waitingSince = undefined
    else this.#waitingSince ??= Math.max(this.#blockedAt, this.#feed.addedAt(this.position) ?? this.#oldestWait(now))
    return this.#waitingSince === undefined ? Infinity : this.#waitingSince + this.#options.stallTimeout
  }

  // Nothing of the feed is waiting, but an opening, a page or an end; or the place in the ring is gone already.
  #oldestWait(now: number): number {
    return this.#opening || this.#page || this.#finish ? this.#blockedAt : now
  }

  #hasBytes(): boolean {
    const hints = this.#heartbeatDue || !!this.#opening || !!this.#notice
    return hints || this.position < this.#feed.end || !!this.#page || !!this.#finish
  }

  #beat(): void {
    // A full stream gets it when it drains: a heartbeat that is skipped must not be the last one.
    this.#heartbeatDue = true
    this.pump()
  }

  #drained(): void {
    if (this.#closed || !this.#blocked) return
    this.#blocked = false
    this.#waitingSince = undefined
    this.pump()
    this.#feed.trim()
  }

  #place(): void {
    const standing = this.#blocked ? 'blocked' : this.#backlog ? 'replaying' : 'ready'
    if (!this.#closed && standing !== this.standing) this.#feed.place(this, standing)
  }

  /** Returns false when nothing is left to write. */
  #writeNext(): boolean {
    if (this.#opening) return this.#write(this.#takeOpening())
    if (this.#backlog && !this.#finish?.abandoned) return this.#writePage(this.#backlog)
    if (this.position < (this.#finish?.at ?? this.#feed.end)) return this.#writeEntries()
    if (this.#finish) return this.#end(this.#finish)
    return this.#writeHint()
  }

  #takeOpening(): Uint8Array {
    const bytes = this.#opening as Uint8Array
    this.#opening = undefined
    return bytes
  }

  #writePage(backlog: Backlog): boolean {
    const page = this.#page
    if (!page) {
      if (!this.#reading) void this.#read(backlog)
      return this.#writeHint()
    }
    this.#page = undefined
    this.#events += page.events
    this.#lastId = page.lastId
    this.#toldId = page.toldId ?? this.#toldId
    return page.bytes.length === 0 || this.#write(page.bytes)
  }

  async #read(backlog: Backlog): Promise<void> {
    this.#reading = true
    try {
      const page = await backlog.read()
      if (this.#closed) return
      if (typeof page === 'number') this.#join(page)
      else this.#page = page
    } catch (error) {
      this.close('failed', error)
    }
    this.#reading = false
    this.pump()
  }

  #join(position: number): void {
    this.position = position
    this.#backlog = undefined
    if (position < this.#feed.start) this.#fallBehind()
  }

  /** Returns false when it had to be closed. */
  #fallBehind(): boolean {
    if (this.#options.refill && this.#lastId !== undefined) this.#backlog = this.#options.refill(this.#lastId)
    else this.close('overflow')
    return !this.#closed
  }

  #writeEntries(): boolean {
    const { accepts } = this.#options
    const chunk = accepts ? this.#feed.selectFrom(this.position, accepts) : this.#feed.chunkFrom(this.position)
    if (!chunk) return this.#fallBehind()
    this.position = chunk.next
    this.#lastId = chunk.lastId ?? this.#lastId
    this.#toldId = accepts ? (chunk.toldId ?? this.#toldId) : this.#lastId
    this.#events += chunk.events
    return chunk.bytes.length === 0 || this.#write(chunk.bytes)
  }

  #end({ reason, tail, error }: Finish): boolean {
    if (tail) this.#write(tail)
    this.#finish = undefined
    this.close(reason, error)
    return false
  }

  #writeHint(): boolean {
    const hint = this.#notice ?? (this.#heartbeatDue ? this.#heartbeat() : undefined)
    if (hint === undefined) return false
    this.#notice = undefined
    this.#heartbeatDue = false
    this.#hintedAt = this.#environment.now()
    return this.#write(hint)
  }

  #heartbeat(): Uint8Array {
    const moved = this.#lastId !== this.#toldId
    this.#toldId = this.#lastId
    return this.#options.heartbeatBytes(moved ? this.#lastId : undefined)
  }

  #write(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length
    this.#wroteAt = this.#environment.now()
    if (!this.#options.keepHinting) this.#heartbeatDue = false
    if (this.#offer(bytes)) return true
    this.#blocked = true
    this.#blockedAt = this.#wroteAt
    return true
  }

  // A sink that throws has lost its client: the others of this flush must get theirs all the same.
  #offer(bytes: Uint8Array): boolean {
    try {
      return this.#sink?.write(bytes) ?? false
    } catch (error) {
      this.close('client-closed', error)
      return false
    }
  }

  #closeSink(reason: CloseReason, behind: boolean): void {
    const sink = this.#sink
    this.#sink = undefined
    if (!sink) return
    sink.onDrain = sink.onClose = undefined
    callSafely(() => {
      if (behind || reason === 'client-closed') sink.abort(new StreamClosedError(reason))
      else sink.end()
    })
  }
}
