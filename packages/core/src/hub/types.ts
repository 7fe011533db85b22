import type { CloseReason, StreamClose } from '../fanout/stream-close.ts'
import type { StreamOptions } from '../response/options.ts'
import type { Broker, Position } from './broker/broker.ts'

/** An event as it is published. `data` is a string or any other JSON value. */
export interface HubPublication {
  /** The event type. No CR or LF; `gap` is refused, being the hub's own. */
  event?: string | undefined
  data: unknown
}

/** What `publish` resolves with. */
export interface Published {
  /** The position as an id, as a subscriber of this one topic sees it. */
  id: string
  position: Position
  /** True when `key` had been published before; nothing was stored. */
  duplicate: boolean
}

/** An event as it is delivered in-process. Shared between subscriptions. */
export interface HubEvent {
  readonly topic: string
  readonly event: string
  readonly data: string
  /** The last event ID of a subscription that has seen this event. */
  readonly id: string
  /** `data` parsed as JSON. @throws {SyntaxError} when it is not JSON */
  json<T = unknown>(): T
}

/** How a hub is doing. Counters count from its creation. */
export interface HubStats {
  /** Open streams. */
  subscribers: number
  /** Topics that somebody subscribes to here. */
  topics: number
  /** Events published through this hub. */
  published: number
  /** Events written to subscribers. */
  delivered: number
  /** Bytes written to subscribers. */
  bytes: number
  closes: Record<CloseReason, number>
  /** 0 for idle, 1 for full. */
  load: number
  draining: boolean
}

/** Options of {@link Hub.respond}. */
export interface RespondOptions {
  /** 1 to 32 topics. */
  topics: readonly string[]
  /** Deliver only events for which it returns true. Called once an event and stream; a gap is always delivered. */
  filter?: ((event: HubEvent) => boolean) | undefined
  /** Whose stream this is, for `disconnect`. */
  identity?: string | undefined
  /** When the credentials expire, in milliseconds since 1970: the stream then closes as `unauthorized`. Default never. */
  expiresAt?: number | undefined
  /** Overrides the hub's stream options. */
  stream?: Omit<StreamOptions, 'maxBufferedBytes'> | undefined
}

/** A stream as `onOpen` and `onClose` of a hub see it. */
export interface StreamInfo {
  topics: readonly string[]
  identity?: string | undefined
}

/** Options of {@link createHub}. */
export interface HubOptions {
  /** Default: a `memoryBroker()` of its own, closed with the hub. One that is given is left open. */
  broker?: Broker | undefined
  /** Defaults of every response. `heartbeat` is 10,000 here unless set; `maxBufferedBytes` is shared by a topic's readers. */
  stream?: StreamOptions | undefined
  /** Above it, new clients are turned away for a while; nobody is evicted. Default no limit. */
  maxSubscribers?: number | undefined
  /** A client that asks for it acknowledges; one that stops for `timeout` ms is closed. Default 30,000. */
  acknowledge?: { timeout: number } | undefined
  /** How loaded this server is, 0 to 1. Default: subscribers by `maxSubscribers`, if set. */
  load?: (() => number) | undefined
  onOpen?: ((stream: StreamInfo) => void) | undefined
  onClose?: ((close: StreamClose & StreamInfo) => void) | undefined
  /** An error that belongs to no caller, such as a lost broker. Default: the console. */
  onError?: ((error: unknown) => void) | undefined
}

/** Options of {@link Hub.run}. */
export interface RunOptions {
  /** Only the first run of a topic with this key produces; a later one resolves at once. */
  key?: string | undefined
  /** Milliseconds to go on without readers, who may come back. Default no limit. */
  linger?: number | undefined
  /** Breaks it off. */
  signal?: AbortSignal | undefined
}

/** Topics, their subscribers, and the way between them. */
export interface Hub {
  /**
   * Store one event, or several at once, under `topic` and offer them to every subscriber.
   *
   * Resolves once stored, not once delivered: a slow subscriber never delays it.
   *
   * @param options.key - makes a retry safe: a key seen before for this topic stores nothing
   * @throws {InvalidTopicError} @throws {InvalidFieldError} @throws {HubClosedError}
   * @throws {EventTooLargeError} an event is over 16 MiB less 4 KiB, which no client would take
   */
  publish(
    topic: string,
    event: HubPublication | readonly HubPublication[],
    options?: { key?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<Published>
  /**
   * Publish what a source yields, then end the topic. It outlives its readers, who resume by id.
   *
   * Resolves when the topic has ended. A source that throws ends it as failed, and rejects here.
   *
   * @throws {InvalidTopicError} @throws {HubClosedError} and what the source throws
   */
  run(topic: string, source: AsyncIterable<HubPublication | string>, options?: RunOptions): Promise<void>
  /**
   * End a topic: readers get the rest, then `end=done`; later ones its history, then the end; who has it all gets 204.
   * Publishing again begins it again.
   */
  end(topic: string): Promise<void>
  /**
   * Answer a request with the event stream of some topics.
   *
   * A client resumes by `Last-Event-ID` or `?lastEventId=`; `?lastEventId=earliest` gets all that is kept. What is lost
   * is announced as an event `gap`.
   *
   * @throws {InvalidTopicError} @throws {TopicCountError} @throws {TopicKeyCollisionError}
   * @throws {RangeError} a stream option or `expiresAt` is not a number
   */
  respond(request: Request, options: RespondOptions): Promise<Response>
  /**
   * The same events in this process, from `lastEventId` (`earliest` for all that is kept) or from now. Leaving the loop,
   * or aborting `signal`, unsubscribes; a slow loop falls back on the history.
   */
  subscribe(
    topics: readonly string[],
    options?: { lastEventId?: string | undefined; signal?: AbortSignal | undefined },
  ): AsyncIterable<HubEvent>
  /**
   * Close the matching streams as `disconnected`: here at once, and at every hub that the broker's `signals` reach.
   * Resolves with how many there were in all, as far as hubs have answered within 500 ms. A broker without `signals` has
   * this hub only.
   */
  disconnect(match: { identity?: string | undefined; topic?: string | undefined }): Promise<number>
  /** A client's sign of life. Resolves with false when the connection is not known. */
  acknowledge(connection: string, lastEventId: string): Promise<boolean>
  /** How many streams a topic has, at every hub that {@link disconnect} reaches and in the same time. */
  count(topic: string): Promise<number>
  stats(): HubStats
  /** Admit nobody, warn everybody, close in a jittered spread; resolves when empty or after `within` ms (default 10,000). */
  drain(options?: { within?: number | undefined }): Promise<void>
  /** Close every stream now. */
  close(): Promise<void>
}
