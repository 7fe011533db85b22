import type { ReceivedEvent } from '../wire/event.ts'
import { type Hint, parseHint } from '../wire/hints.ts'
import { EventStreamParser } from '../wire/parse.ts'
import { type Loss, refusalOf, retryAfterOf } from './answer.ts'
import { Coverage, type Delivery } from './delivery.ts'
import type { EndpointState } from './endpoint.ts'
import { idleAfter, Liveness } from './liveness.ts'
import { earliest, headersOf, requestOf } from './request.ts'
import type { LossReason, MoveReason } from './status.ts'
import { type Clock, Timer } from './timer.ts'
import type { ConnectOptions } from './types.ts'

/** What an attempt is for: the stream that delivers, a voluntary move of it, or one more beside it. */
export type Purpose = 'race' | 'move' | 'extra'

/** What an attempt asks for. */
export interface LinkRequest {
  endpoint: EndpointState
  purpose: Purpose
  standby: boolean
  method: string
  body: BodyInit | null | undefined
  lastEventId: string
  connectTimeout: number
  /** Whether the first byte may take as long as it likes. */
  patient: boolean
}

/** What a link tells its connection. But for the last two, none of these is called once the link is closed. */
export interface LinkOwner {
  readonly options: ConnectOptions
  readonly delivery: Delivery
  onOpen(link: Link, response: Response): void
  /** The first byte after the head. */
  onLive(link: Link): void
  /** @param ownId - whether the event's own block had the id */
  onEvent(link: Link, event: ReceivedEvent, ownId: boolean): void
  onCheckpoint(link: Link, id: string): void
  onHint(link: Link, hint: Hint): void
  onRetry(milliseconds: number): void
  /** It fell silent, or is heard again. */
  onDoubt(link: Link): void
  /** Closed, for whatever reason. */
  onClose(link: Link): void
  /** Closed, other than by `close()`. `onClose` came before. */
  onLost(link: Link, loss: Loss): void
  /** What to wait for before reading on. */
  room(): Promise<void> | undefined
}

/** One attempt, and the stream that it becomes: connecting → open → live → closed. */
export class Link {
  readonly endpoint: EndpointState
  readonly purpose: Purpose
  readonly standby: boolean
  readonly coverage: Coverage
  /** The head was valid. */
  open = false
  closed = false
  /** Why another stream is to replace it. It is read on until that one is live. */
  leaving: MoveReason | undefined
  /** Whether reading ever stopped for a slow application: how late events come says nothing then. */
  heldBack = false
  /** Whether it brought anything new. */
  useful = false
  acknowledging = false
  headers: Headers | undefined
  readonly abort: AbortController = new AbortController()
  readonly #request: LinkRequest
  readonly #owner: LinkOwner
  readonly #clock: Clock
  readonly #liveness: Liveness
  readonly #timeout: Timer
  readonly #retirement: Timer
  #askedAt = 0
  #openedAt = Infinity
  #live = false
  #waiting = false
  /** Of the last block that had one, until it is known whether that block was an event. */
  #id: string | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #parser: EventStreamParser | undefined

  constructor(request: LinkRequest, owner: LinkOwner, clock: Clock) {
    this.#request = request
    this.#owner = owner
    this.#clock = clock
    this.endpoint = request.endpoint
    this.purpose = request.purpose
    this.standby = request.standby
    this.coverage = new Coverage(owner.delivery.accepted, () => this.open && !this.suspect)
    this.#liveness = new Liveness(clock, () => owner.onDoubt(this), () => this.lose({ reason: 'idle' }))
    this.#timeout = new Timer(clock, () => this.lose({ reason: this.open ? 'buffered' : 'timeout' }))
    this.#retirement = new Timer(clock, () => this.close())
    if (request.connectTimeout > 0) this.#timeout.set(request.connectTimeout)
    void this.#run()
  }

  /** Whether events can be expected from it for some time to come. */
  get healthy(): boolean {
    return this.open && !this.suspect && !this.leaving
  }

  get suspect(): boolean {
    return this.#liveness.suspect
  }

  /** Whether it was ever open. */
  get answered(): boolean {
    return this.#openedAt < Infinity
  }

  /** How long it has been open, in milliseconds. */
  get uptime(): number {
    return Math.max(this.#clock.now() - this.#openedAt, 0)
  }

  /** Close it after a time in which both streams run. */
  retire(overlap: number): void {
    if (!this.#retirement.active) this.#retirement.set(overlap)
  }

  /** Don't close it after all. */
  keep(): void {
    this.leaving = undefined
    this.#retirement.clear()
  }

  doubt(): void {
    if (!this.#waiting) this.#liveness.doubt()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.open = false
    this.#liveness.stop()
    this.#timeout.clear()
    this.#retirement.clear()
    this.abort.abort()
    // A fetch that is not the platform's may not look at the signal.
    this.#reader?.cancel().catch(() => {})
    this.#owner.onClose(this)
  }

  lose(loss: Loss): void {
    if (this.closed) return
    this.close()
    this.#owner.onLost(this, loss)
  }

  async #run(): Promise<void> {
    try {
      const response = await this.#fetch()
      // The attempt may be over by now, whatever the signal did about it.
      const refusal = this.closed ? 'network' : refusalOf(response)
      if (refusal) this.#refuse(response, refusal)
      else await this.#read(response)
    } catch (error) {
      this.lose({ reason: 'network', error })
    }
  }

  #refuse(response: Response, reason: LossReason): void {
    response.body?.cancel().catch(() => {})
    this.lose({ reason, status: response.status, retryAfter: retryAfterOf(response.headers, this.#clock.wallTime()) })
  }

  async #fetch(): Promise<Response> {
    const { options } = this.#owner
    const { endpoint } = this.#request
    const headers = await headersOf(options, endpoint.url)
    const response = await this.#send(headers)
    const { status } = response
    if (typeof options.headers !== 'function' || (status !== 401 && status !== 403 && status !== 407)) return response
    const others = await headersOf(options, endpoint.url)
    if (status === 403 && String([...others]) === String([...headers])) return response
    response.body?.cancel().catch(() => {})
    return this.#send(others)
  }

  #send(headers: Headers): Promise<Response> {
    if (this.closed) return Promise.reject(this.abort.signal.reason as Error)
    this.headers = headers
    const [url, init] = requestOf({ ...this.#request, url: this.endpoint.url }, this.#owner.options, new Headers(headers))
    init.signal = this.abort.signal
    this.#askedAt = this.#clock.now()
    return (this.#owner.options.fetch ?? fetch)(url, init)
  }

  async #read(response: Response): Promise<void> {
    const reader = (this.#reader = (response.body as ReadableStream<Uint8Array>).getReader())
    this.open = true
    this.#openedAt = this.#clock.now()
    this.endpoint.answered(this.#openedAt - this.#askedAt)
    this.#parser = this.#createParser()
    if (this.#request.patient) this.#timeout.clear()
    this.#expect(0)
    this.#owner.onOpen(this, response)
    for (;;) {
      const { done, value } = await reader.read()
      if (this.closed) return
      if (done) return this.lose({ reason: 'ended' })
      this.#take(value)
      const room = this.#owner.room()
      if (room && !this.closed && !this.standby) await this.#hold(room)
    }
  }

  #take(bytes: Uint8Array): void {
    const { suspect } = this
    this.#liveness.heard()
    if (!this.#live) {
      this.#live = true
      this.#timeout.clear()
      this.#owner.onLive(this)
    }
    if (suspect) this.#owner.onDoubt(this)
    if (this.closed) return
    this.#parser?.push(bytes)
    this.#checkpoint()
  }

  // While nobody reads, silence is our own.
  async #hold(room: Promise<void>): Promise<void> {
    this.heldBack = this.#waiting = true
    this.#liveness.stop()
    await room
    this.#waiting = false
    if (!this.closed) this.#liveness.heard()
  }

  #createParser(): EventStreamParser {
    const { lastEventId } = this.#request
    return new EventStreamParser(
      {
        onEvent: (event) => {
          const ownId = this.#id !== undefined
          this.#id = undefined
          if (!this.closed) this.#owner.onEvent(this, event, ownId)
        },
        // Whether it is a checkpoint, only what follows tells.
        onId: (id) => {
          this.#checkpoint()
          this.#id = id
        },
        onComment: (text) => {
          this.#checkpoint()
          const hint = parseHint(text)
          if (hint && !this.closed) this.#hint(hint)
        },
        onRetry: (milliseconds) => this.#owner.onRetry(milliseconds),
      },
      { lastEventId: lastEventId === earliest ? '' : lastEventId },
    )
  }

  #checkpoint(): void {
    const id = this.#id
    this.#id = undefined
    if (id !== undefined && !this.closed && !this.standby) this.#owner.onCheckpoint(this, id)
  }

  #hint(hint: Hint): void {
    if (hint.heartbeat !== undefined) this.#expect(hint.heartbeat)
    if (hint.load !== undefined) this.endpoint.load = hint.load
    this.#owner.onHint(this, hint)
  }

  // Without an announcement, what the application asked for is the whole of the patience.
  #expect(heartbeat: number): void {
    const { idleTimeout } = this.#owner.options
    this.#liveness.expect(idleTimeout === 0 ? 0 : heartbeat || (idleTimeout ?? 0) / idleAfter)
  }
}
