/**
 * The standard's client of event streams.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.2 "The EventSource interface".
 */
import type { TextMessage } from '../../web-types.ts'
import { systemTimers } from '../../clock.ts'
import { onWorkerd } from '../../runtime.ts'
import { afterTurn } from '../../turns.ts'
import { convertInit, parseUrl, toText } from './arguments.ts'
import { CLOSED, Connection, CONNECTING, OPEN, type ReadyState } from './connection.ts'
import { type Handlers, setHandler } from './handlers.ts'
import { defineInterface } from './interface.ts'
import { FetchTransport, StreamTransport, type Transport } from './transport.ts'
import type { EventSourceErrorEvent, EventSourceInit, EventSourceTarget } from './types.ts'

const Target = EventTarget as new () => EventSourceTarget

/**
 * The standard's `EventSource`, for every runtime: the same class whether or not there is a global one.
 *
 * Four things are not in the standard: `init.fetch`, `EventSource.fromReadableStream`, the attributes `lastEventId` and
 * `reconnectionTime`, and `status` and `cause` of an `error` event. Where the standard leaves a choice: the reconnection
 * time is 3 s until a `retry` field; the next attempt waits 100 ms at least, also at `retry: 0`, and up to 3 s after
 * several that brought no event; a URL with a password, or that is not `http:`, `https:`, `data:` or `blob:`, fails the
 * connection unless `init.fetch` is there to take it, as does an event over 16 MiB; a last event ID that cannot be a
 * header, because of control characters or more than 4 KiB, is not sent.
 *
 * What no script can do: its events are not trusted; in a browser a `Last-Event-ID` across origins asks for a preflight,
 * which the server must allow; queries are encoded as UTF-8, whatever the document's encoding.
 *
 * An event source holds its process and its socket until it is closed.
 */
export class EventSource extends Target {
  /** The connection is not established yet, or was lost and is being reestablished. */
  declare static readonly CONNECTING: 0
  /** The connection is open, and events are dispatched as they come. */
  declare static readonly OPEN: 1
  /** The connection failed for good, or `close()` was called. */
  declare static readonly CLOSED: 2
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSED: 2

  readonly #url: string
  readonly #withCredentials: boolean
  readonly #handlers: Handlers = {}
  #connection: Connection
  #hidden: string | undefined

  /**
   * Connect to `url`, parsed against the document's base URL or the worker's location where there is one.
   *
   * @throws {DOMException} named `SyntaxError`, for a URL that cannot be parsed
   * @throws {TypeError} for options that are no object, and a `fetch` that is no function
   */
  constructor(url: string | URL, init: EventSourceInit | null = {}) {
    super()
    if (arguments.length === 0) throw new TypeError('Cannot construct EventSource: no URL')
    const text = toText(url)
    const { fetch, withCredentials } = convertInit(init)
    this.#url = parseUrl(text)
    this.#withCredentials = withCredentials
    this.#connection = this.#connect(new FetchTransport(this.#url, withCredentials, fetch))
  }

  /**
   * Read a stream that is open already, one half of a pair or the body of a response that somebody else asked for. Its
   * `url` is `about:event-stream`, the `origin` of its messages `"null"`. At the stream's end or error there is an `error`
   * event, and it is closed; `close()` cancels the stream. Not in the standard.
   *
   * @throws {TypeError} the stream is locked, or no stream
   */
  static fromReadableStream(stream: ReadableStream<Uint8Array>): EventSource {
    const transport = new StreamTransport(stream.getReader())
    const source = new EventSource('about:event-stream')
    // Before it has begun: that is not before this turn's promises.
    source.close()
    source.#connection = source.#connect(transport)
    return source
  }

  /** The URL of the event stream, serialised; not that of a redirect's target. */
  get url(): string {
    return this.#url
  }

  /** Whether credentials go to other origins too. */
  get withCredentials(): boolean {
    return this.#withCredentials
  }

  /** `CONNECTING`, `OPEN` or `CLOSED`. */
  get readyState(): ReadyState {
    return this.#connection.readyState
  }

  /** The last event ID: what the next connection sends as `Last-Event-ID`. Not in the standard. */
  get lastEventId(): string {
    return this.#connection.lastEventId
  }

  /** How long a lost connection waits before the next attempt, in milliseconds. Not in the standard. */
  get reconnectionTime(): number {
    return this.#connection.reconnectionTime
  }

  /** Called when a connection is open: the first one, and each after a lost one. */
  get onopen(): ((this: EventSource, event: Event) => unknown) | null {
    return this.#handler('open')
  }

  set onopen(handler: ((this: EventSource, event: Event) => unknown) | null) {
    setHandler(this, this.#handlers, 'open', handler)
  }

  /** Called with each event that the stream gives no other type. */
  get onmessage(): ((this: EventSource, event: TextMessage) => unknown) | null {
    return this.#handler('message')
  }

  set onmessage(handler: ((this: EventSource, event: TextMessage) => unknown) | null) {
    setHandler(this, this.#handlers, 'message', handler)
  }

  /** Called when the connection is lost, with `readyState` `CONNECTING`, and when it has failed, with `CLOSED`. */
  get onerror(): ((this: EventSource, event: EventSourceErrorEvent) => unknown) | null {
    return this.#handler('error')
  }

  set onerror(handler: ((this: EventSource, event: EventSourceErrorEvent) => unknown) | null) {
    setHandler(this, this.#handlers, 'error', handler)
  }

  /** Close the connection, and leave no timer and no socket behind. No event is dispatched from here on. */
  close(): void {
    this.#connection.close()
  }

  /** @internal On workerd alone, which otherwise reads `on…` of its target itself and calls what it finds, without `this`. */
  override dispatchEvent(event: Event): boolean {
    this.#hidden = event.type
    return super.dispatchEvent(event)
  }

  #handler(type: string): (() => unknown) | null {
    const handler = this.#hidden === type ? null : this.#handlers[type]?.handler
    // Of this dispatch workerd has read it now: from here on it is our listeners who ask.
    this.#hidden = undefined
    return (handler ?? null) as (() => unknown) | null
  }

  #connect(transport: Transport): Connection {
    // Never through a method of a subclass: the standard's events take no such way.
    const connection = new Connection(transport, (event) => EventSource.prototype.dispatchEvent.call(this, event), {
      ...systemTimers,
      afterTurn,
    })
    void connection.run()
    return connection
  }

  static {
    if (!onWorkerd) delete (this.prototype as { dispatchEvent?: unknown }).dispatchEvent
    defineInterface(this, 'EventSource', { CONNECTING, OPEN, CLOSED })
  }
}
