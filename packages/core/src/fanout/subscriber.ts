import type { Environment } from '../environment.ts'
import { callSafely } from '../report.ts'
import type { Portion } from './chunk.ts'
import type { DeadlineWheel } from './deadlines.ts'
import { StreamClosedError } from './errors.ts'
import { Pending, type PendingListener, type PendingOptions, type Prelude } from './pending.ts'
import type { Place, PlaceReader } from './place.ts'
import type { Sink } from './sink.ts'
import type { CloseReason, StreamClose } from './stream-close.ts'
import { Watch, type Watched, type WatchOptions } from './watch.ts'

/** How one subscriber behaves. */
export interface SubscriberOptions<Item = Uint8Array> extends PendingOptions, WatchOptions {
  /** What the sink is given of a portion. */
  itemOf(portion: Portion): Item
  /** Write a hint every `heartbeat` on a busy stream too: clients read the server's clock and load from it. */
  readonly keepHinting?: boolean
  /** Called once, when it begins to finish: it takes no more entries. */
  onFinish?(reason: CloseReason): void
  onClose(close: StreamClose): void
  /** What it gets last, if all that its rings are of has come to an end. */
  tail?(): Uint8Array | undefined
  /** Called when all that there is has been written. */
  onCaughtUp?: (() => void) | undefined
}

/**
 * One client, or one loop in this process: a place in each ring that it reads, a sink, and a watch over whether it still
 * works.
 *
 * It is *blocked* from a `write` that returned false to the sink's `onDrain`. Closing is idempotent and never throws.
 */
export class Subscriber<Item = Uint8Array> implements PlaceReader, PendingListener, Watched {
  /** Bytes written so far. */
  bytes = 0
  readonly #pending: Pending
  readonly #watch: Watch
  readonly #options: SubscriberOptions<Item>
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  readonly #openedAt: number
  #sink: Sink<Item> | undefined
  #blocked = true
  #closed = false
  #finish: { reason: CloseReason; error: unknown; hasTail: boolean } | undefined
  #wroteAt: number
  #blockedAt: number

  constructor(options: SubscriberOptions<Item>, prelude: Prelude, environment: Environment, wheel: DeadlineWheel) {
    this.#options = options
    this.#environment = environment
    this.#wheel = wheel
    this.#pending = new Pending(options, prelude, environment, this)
    this.#openedAt = this.#wroteAt = this.#blockedAt = environment.now()
    for (const place of options.places) place.join(this)
    this.#watch = new Watch(this, options)
    wheel.set(this.#watch, this.#watch.nextLook(this.#openedAt))
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Events written so far. */
  get events(): number {
    return this.#pending.events
  }

  get heartbeatDue(): boolean {
    return this.#pending.hints.isDue
  }

  get finishing(): boolean {
    return this.#finish !== undefined
  }

  /** Write to `sink` from now on, beginning when it calls `onDrain`. */
  connect(sink: Sink<Item>): void {
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
    this.#pending.hints.notify(bytes)
    this.pump()
  }

  /** The client says that it is there. */
  acknowledge(): void {
    const now = this.#environment.now()
    this.#watch.acknowledge(now)
    if (!this.#closed) this.#wheel.set(this.#watch, this.#watch.nextLook(now))
  }

  /** Write all that is waiting, until the sink is full. */
  pump(): void {
    while (!this.#blocked && !this.#closed) {
      const portion = this.#pending.next()
      if (portion === undefined) break
      this.#write(portion)
    }
    if (!this.#blocked && !this.#finish && !this.#pending.replaying) this.#options.onCaughtUp?.()
    if (this.#finish && this.#isFinished()) this.close(this.#finish.reason, this.#finish.error)
    this.#pending.settle()
  }

  flush(place: Place, isOnly: boolean): number {
    const before = this.bytes
    this.#pending.note(place, isOnly)
    this.pump()
    return this.bytes - before
  }

  onMore(): void {
    this.pump()
  }

  onLost(reason: 'overflow' | 'failed', error?: unknown): void {
    this.close(reason, error)
  }

  onOver(): void {
    const tail = this.#options.tail?.()
    if (tail) this.finish('ended', tail)
  }

  /** Close once everything up to now, then `tail`, has been written. Later entries may be, if they share a chunk. */
  finish(reason: CloseReason, tail?: Uint8Array, error?: unknown): void {
    if (this.#closed || this.#finish) return
    this.#finish = { reason, error, hasTail: tail !== undefined }
    // A replay is given up, since the client can resume from its last id; a feed that ends is told to the end.
    this.#pending.end(tail, reason === 'ended')
    this.#options.onFinish?.(reason)
    this.pump()
  }

  /** Close now. What is written already still arrives if the client takes it; a client that is behind is cut. */
  close(reason: CloseReason, error?: unknown): void {
    if (this.#closed) return
    const behind = this.#blocked && this.#pending.waiting && !this.#isFinished()
    this.#closed = true
    this.#wheel.remove(this.#watch)
    this.#pending.close()
    this.#closeSink(reason, behind)
    const duration = this.#environment.now() - this.#openedAt
    const closed = { reason, duration, events: this.events, bytes: this.bytes }
    callSafely(() => this.#options.onClose(error === undefined ? closed : { ...closed, error }))
  }

  quietSince(): number {
    return this.#options.keepHinting ? this.#pending.hints.takenAt : this.#wroteAt
  }

  waitingSince(now: number): number | undefined {
    if (!this.#blocked || !this.#pending.waiting) return undefined
    return this.#pending.waitingSince(this.#blockedAt, now)
  }

  beat(): void {
    // A full stream gets it when it drains: a heartbeat that is skipped must not be the last one.
    this.#pending.hints.isDue = true
    this.pump()
  }

  // A tail is small, and nothing can follow it. Without one, the client must have taken all before it is left alone.
  #isFinished(): boolean {
    return this.#pending.done && (!this.#blocked || this.#finish?.hasTail === true)
  }

  #drained(): void {
    if (this.#closed || !this.#blocked) return
    this.#blocked = false
    this.#watch.drained()
    this.#pending.look()
    this.pump()
  }

  #write(portion: Portion): void {
    this.bytes += portion.length
    this.#wroteAt = this.#environment.now()
    if (!this.#options.keepHinting) this.#pending.hints.isDue = false
    if (this.#offer(portion)) return
    this.#blocked = true
    this.#blockedAt = this.#wroteAt
  }

  // A sink that throws has lost its client: the others of this flush must get theirs all the same.
  #offer(portion: Portion): boolean {
    try {
      return this.#sink?.write(this.#options.itemOf(portion)) ?? false
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
