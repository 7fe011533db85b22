import type { Environment } from '../environment.ts'
import { callSafely } from '../report.ts'
import type { Closed, CloseReason } from './closed.ts'
import type { Deadline, DeadlineWheel } from './deadlines.ts'
import { StreamClosedError } from './errors.ts'
import type { Feed } from './feed.ts'
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
  heartbeatBytes(): Uint8Array
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
}

/**
 * One client: a position in a feed, a sink, and the deadlines that find out when it no longer works.
 *
 * It is *blocked* from a `write` that returned false to the sink's `onDrain`. Closing is idempotent and never throws.
 */
export class Subscriber implements Slotted, Deadline {
  slot = -1
  /** The sequence number of the feed's entry that it gets next. */
  position: number
  readonly #feed: Feed
  readonly #options: SubscriberOptions
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  readonly #openedAt: number
  #sink: Sink | undefined
  #opening: Uint8Array | undefined
  #blocked = true
  #closed = false
  #finish: Finish | undefined
  #wroteAt: number
  #blockedAt: number
  /** Since when bytes have been waiting without any being taken, once a look at the deadlines has seen some. */
  #waitingSince: number | undefined
  #heartbeatDue = false
  #notice: Uint8Array | undefined
  #events = 0
  #bytes = 0

  constructor(feed: Feed, options: SubscriberOptions, environment: Environment, wheel: DeadlineWheel) {
    this.#feed = feed
    this.#options = options
    this.#environment = environment
    this.#wheel = wheel
    this.#opening = options.opening
    this.#openedAt = this.#wroteAt = this.#blockedAt = environment.now()
    this.position = feed.end
    feed.blocked.add(this)
    wheel.set(this, this.expire(this.#openedAt))
  }

  get closed(): boolean {
    return this.#closed
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

  /** Write all that is waiting, until the sink is full. */
  pump(): void {
    while (!this.#blocked && !this.#closed) {
      if (!this.#writeNext()) return
    }
  }

  /** Close once everything up to now, then `tail`, has been written. Later entries are not. */
  finish(reason: CloseReason, tail?: Uint8Array, error?: unknown): void {
    if (this.#closed || this.#finish) return
    this.#finish = { reason, tail, at: this.#feed.end, error }
    this.#options.onFinish?.(reason)
    this.pump()
  }

  /** Close now. What is written already still arrives if the client takes it; a client that is behind is cut. */
  close(reason: CloseReason, error?: unknown): void {
    if (this.#closed) return
    const behind = this.#blocked && this.#hasBytes()
    this.#closed = true
    this.#wheel.remove(this)
    this.#leave()
    this.#closeSink(reason, behind)
    const durationMs = this.#environment.now() - this.#openedAt
    const closed = { reason, durationMs, events: this.#events, bytes: this.#bytes }
    callSafely(this.#options.onClose, error === undefined ? closed : { ...closed, error })
  }

  expire(now: number): number {
    const { heartbeat, stallTimeout, oldAt, expiresAt } = this.#options
    if (now >= expiresAt) return this.#expired('unauthorized')
    if (now >= oldAt) this.finish('max-age')
    if (this.#closed) return Infinity
    if (now >= this.#wroteAt + heartbeat) this.#beat()
    const stalledAt = this.#stalledAt(now)
    if (now >= stalledAt) return this.#expired('stalled')
    // A client that is not waiting now can be stalled at the earliest in `stallTimeout`. Looking four times as often
    // finds the beginning of the wait while its entry is still in the ring.
    const look = Math.min(stalledAt, now + Math.max(stallTimeout / 4, 1))
    const beatAt = this.#heartbeatDue ? Infinity : this.#wroteAt + heartbeat
    return Math.min(look, beatAt, expiresAt, this.#finish ? Infinity : oldAt)
  }

  #expired(reason: CloseReason): number {
    this.close(reason)
    return Infinity
  }

  #stalledAt(now: number): number {
    if (!this.#blocked || !this.#hasBytes()) this.#waitingSince = undefined
    else this.#waitingSince ??= Math.max(this.#blockedAt, this.#feed.addedAt(this.position) ?? this.#oldestWait(now))
    return this.#waitingSince === undefined ? Infinity : this.#waitingSince + this.#options.stallTimeout
  }

  // Nothing of the feed is waiting, but an opening, a heartbeat or an end; or the place in the ring is gone already.
  #oldestWait(now: number): number {
    return this.#opening || this.#finish ? this.#blockedAt : now
  }

  #hasBytes(): boolean {
    const hints = this.#heartbeatDue || !!this.#opening || !!this.#notice
    return hints || this.position < this.#feed.end || !!this.#finish
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
    this.#feed.blocked.remove(this)
    this.#feed.ready.add(this)
    this.pump()
    this.#feed.trim()
  }

  /** Returns false when nothing is left to write. */
  #writeNext(): boolean {
    if (this.#opening) return this.#write(this.#takeOpening())
    if (this.position < (this.#finish?.at ?? this.#feed.end)) return this.#writeEntries()
    if (this.#finish) return this.#end(this.#finish)
    const hint = this.#notice ?? (this.#heartbeatDue ? this.#options.heartbeatBytes() : undefined)
    this.#notice = undefined
    return hint !== undefined && this.#write(hint)
  }

  #takeOpening(): Uint8Array {
    const bytes = this.#opening as Uint8Array
    this.#opening = undefined
    return bytes
  }

  #writeEntries(): boolean {
    const chunk = this.#feed.chunkFrom(this.position)
    if (!chunk) {
      this.close('overflow')
      return false
    }
    this.#events += chunk.events
    this.position = chunk.next
    return this.#write(chunk.bytes)
  }

  #end({ reason, tail, error }: Finish): boolean {
    if (tail) this.#write(tail)
    this.#finish = undefined
    this.close(reason, error)
    return false
  }

  #write(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length
    this.#wroteAt = this.#environment.now()
    this.#heartbeatDue = false
    if (!this.#sink?.write(bytes)) this.#block()
    return true
  }

  #block(): void {
    if (this.#closed) return
    this.#blocked = true
    this.#blockedAt = this.#wroteAt
    this.#feed.ready.remove(this)
    this.#feed.blocked.add(this)
  }

  #leave(): void {
    const list = this.#blocked ? this.#feed.blocked : this.#feed.ready
    list.remove(this)
    this.#feed.trim()
  }

  #closeSink(reason: CloseReason, behind: boolean): void {
    const sink = this.#sink
    this.#sink = undefined
    if (!sink) return
    sink.onDrain = sink.onClose = undefined
    if (behind || reason === 'client-closed') sink.abort(new StreamClosedError(reason))
    else sink.end()
  }
}
