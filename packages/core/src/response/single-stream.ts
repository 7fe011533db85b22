import type { Environment } from '../environment.ts'
import type { ServerSentEvent } from '../wire/event.ts'
import { encodeEvent } from '../wire/encode.ts'
import { EventTooLargeError, InvalidFieldError, maxEventBytes } from '../wire/errors.ts'
import type { StreamClose, CloseReason } from '../fanout/stream-close.ts'
import { bytesOf } from '../fanout/chunk.ts'
import type { DeadlineWheel } from '../fanout/deadlines.ts'
import { encodeDone } from './end.ts'
import { StreamClosedError } from '../fanout/errors.ts'
import { Place } from '../fanout/place.ts'
import { RingGroup } from '../fanout/ring-group.ts'
import { entryOverhead, Ring } from '../fanout/ring.ts'
import type { EventStream } from './options.ts'
import { onDisconnect } from './request.ts'
import { SplitText } from '../split-text.ts'
import { Subscriber, type SubscriberOptions } from '../fanout/subscriber.ts'
import { heartbeatBytes, oldAt, type StreamSettings } from './settings.ts'

/** What a {@link SingleStream} is made from. */
export interface SingleStreamOptions {
  lastEventId: string
  /** Its first bytes. */
  opening: Uint8Array
  settings: StreamSettings
  onClose(close: StreamClose): void
  environment: Environment
  wheel: DeadlineWheel
}

interface WaitingSend {
  body: Uint8Array
  resolve(): void
  reject(error: unknown): void
}

const done = Promise.resolve()

/** A ring with one subscriber and no history: whoever writes waits while it is full. */
export class SingleStream implements EventStream {
  readonly lastEventId: string
  readonly subscriber: Subscriber
  readonly closed: Promise<StreamClose>
  readonly #ring: Ring
  readonly #limit: number
  readonly #aborter = new AbortController()
  readonly #onClose: (close: StreamClose) => void
  readonly #text = new SplitText()
  #waiting: WaitingSend[] = []
  #waitingBytes = 0
  #ended: CloseReason | undefined
  #releaseSignal: (() => void) | undefined

  constructor(options: SingleStreamOptions) {
    const { environment, wheel, opening, settings } = options
    const { heartbeat, stallTimeout, maxBufferedBytes } = settings
    this.lastEventId = options.lastEventId
    this.#limit = maxBufferedBytes
    let settle: (close: StreamClose) => void = () => {}
    this.closed = new Promise((resolve) => (settle = resolve))
    this.#onClose = (close) => {
      settle(close)
      options.onClose(close)
    }
    const onTrim = (): void => this.#admit()
    this.#ring = new Ring({ maxBytes: maxBufferedBytes, keepUndelivered: true, onTrim }, new RingGroup(environment))
    const subscriberOptions: SubscriberOptions = {
      places: [new Place(this.#ring)],
      itemOf: bytesOf,
      heartbeat,
      stallTimeout,
      oldAt: oldAt(settings, environment),
      expiresAt: Infinity,
      heartbeatBytes: (checkpoint) => heartbeatBytes(heartbeat, environment, {}, checkpoint),
      onFinish: (reason) => this.#end(reason),
      onClose: (close) => this.#close(close),
    }
    this.subscriber = new Subscriber(subscriberOptions, { opening }, environment, wheel)
  }

  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  send(event: ServerSentEvent | string): Promise<void> {
    try {
      const data = typeof event === 'string' ? this.#text.whole(event) : undefined
      const body = encodeEvent(typeof event === 'string' ? { data } : visible(event))
      if (body.length > maxEventBytes) throw new EventTooLargeError(maxEventBytes)
      if (this.#ended !== undefined) throw new StreamClosedError(this.#ended)
      // Only half a character, which waits for the other.
      if (data === '' && event !== '') return done
      if (this.#waiting.length > 0 || !this.#hasRoom(body)) return this.#wait(body)
      this.#ring.append({ id: undefined, body })
      return done
    } catch (error) {
      return rejectQuietly(error)
    }
  }

  comment(text: string): void {
    const body = encodeEvent({ comment: text })
    if (this.#ended === undefined && this.#hasRoom(body)) this.#ring.append({ id: undefined, body, comment: true })
  }

  close(): void {
    this.finish('ended', encodeDone())
  }

  /** Take no more events; deliver the ones sent, then `tail`, then close. */
  finish(reason: CloseReason, tail?: Uint8Array, error?: unknown): void {
    if (this.#ended !== undefined) return
    const half = this.#text.rest()
    if (half !== '') this.#waiting.push({ body: encodeEvent({ data: half }), resolve: () => {}, reject: () => {} })
    // What waits for room was sent before: it goes out, however full the ring is.
    for (const { body, resolve } of this.#takeWaiting()) {
      this.#ring.append({ id: undefined, body })
      resolve()
    }
    this.subscriber.finish(reason, tail, error)
  }

  /** Close when the request is aborted: a second sign of a client that left, beside the body's `cancel`. */
  closeWith(request: Request): void {
    this.#releaseSignal = onDisconnect(request, (reason) => this.subscriber.close('client-closed', reason))
  }

  #hasRoom(body: Uint8Array): boolean {
    return this.#ring.bytes === 0 || this.#ring.bytes + body.length <= this.#limit
  }

  #wait(body: Uint8Array): Promise<void> {
    // One producer that awaits has one event here. Many that do not would queue without limit.
    const size = body.length + entryOverhead
    if (this.#waiting.length > 0 && this.#waitingBytes + size > this.#limit) {
      this.subscriber.close('overflow')
      return rejectQuietly(new StreamClosedError('overflow'))
    }
    this.#waitingBytes += size
    const sent = new Promise<void>((resolve, reject) => this.#waiting.push({ body, resolve, reject }))
    sent.catch(() => {})
    return sent
  }

  #admit(): void {
    // The room that a client leaves behind is no room.
    if (this.subscriber.closed) return
    let admitted = 0
    for (const { body, resolve } of this.#waiting) {
      if (!this.#hasRoom(body)) break
      this.#ring.append({ id: undefined, body })
      this.#waitingBytes -= body.length + entryOverhead
      admitted++
      resolve()
    }
    if (admitted > 0) this.#waiting = this.#waiting.slice(admitted)
  }

  #takeWaiting(): WaitingSend[] {
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    return waiting
  }

  #end(reason: CloseReason): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    const error = new StreamClosedError(reason)
    for (const { reject } of this.#takeWaiting()) reject(error)
    this.#aborter.abort(error)
  }

  #close(close: StreamClose): void {
    this.#end(close.reason)
    this.#releaseSignal?.()
    this.#onClose(close)
  }
}

// A type alone dispatches nothing (WHATWG HTML, section 9.2.6): whoever sends it waits for something that never comes.
function visible(event: ServerSentEvent): ServerSentEvent {
  if (event.event === undefined || event.data !== undefined) return event
  const named = JSON.stringify(event.event)
  throw new InvalidFieldError('data', `Cannot send the event ${named} without data: no client sees it; send data: ''`)
}

// A publisher that does not await is not to be hurt by a client that left.
function rejectQuietly(error: unknown): Promise<never> {
  const rejected = Promise.reject(error)
  rejected.catch(() => {})
  return rejected
}
