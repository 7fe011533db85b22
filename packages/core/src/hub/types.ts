import type { CloseReason, Closed } from '../stream/closed.ts'
import type { StreamOptions } from '../stream/options.ts'
import type { Broker, Position } from './broker.ts'

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

/** An event as it is delivered in-process. */
export interface HubEvent {
  topic: string
  event: string
  data: string
  /** The last event ID of a subscription that has seen this event. */
  id: string
}

/** How a hub is doing. Counters count from its creation. */
export interface HubStats {
  subscribers: number
  topics: number
  published: number
  /** Events written to subscribers. */
  delivered: number
  bytes: number
  closes: Record<CloseReason, number>
  draining: boolean
}

/** Options of {@link Hub.respond}. */
export interface RespondOptions {
  /** 1 to 32 topics. */
  topics: readonly string[]
  /** Deliver only events for which it returns true. */
  filter?: ((event: HubEvent) => boolean) | undefined
  /** Whose stream this is, for `disconnect`. */
  identity?: string | undefined
  /** When the credentials expire, in milliseconds since 1970: the stream then closes as `unauthorized`. */
  expiresAt?: number | undefined
  /** Overrides the hub's stream options. */
  stream?: StreamOptions | undefined
}

/** A stream as `onOpen` and `onClose` of a hub see it. */
export interface StreamInfo {
  topics: readonly string[]
  identity?: string | undefined
}

/** Options of {@link createHub}. */
export interface HubOptions {
  /** Default: `memoryBroker()`. */
  broker?: Broker | undefined
  /** Defaults of every response. `heartbeat` is 10,000 here unless set. */
  stream?: StreamOptions | undefined
  onOpen?: ((stream: StreamInfo) => void) | undefined
  onClose?: ((close: Closed & StreamInfo) => void) | undefined
  /** An error that belongs to no caller, such as a broker's. */
  onError?: ((error: unknown) => void) | undefined
}

/** Topics, their subscribers, and the way between them. */
export interface Hub {
  /**
   * Store one event, or several at once, under `topic` and offer them to every subscriber.
   *
   * Resolves once stored, not once delivered: a slow subscriber never delays it.
   *
   * @throws {InvalidTopicError} @throws {InvalidFieldError} @throws {HubClosedError}
   */
  publish(
    topic: string,
    event: HubPublication | readonly HubPublication[],
    options?: { key?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<Published>
  /** Answer a request with the event stream of some topics. */
  respond(request: Request, options: RespondOptions): Promise<Response>
  /** The same events in this process. Leaving the loop, or aborting `signal`, unsubscribes. */
  subscribe(
    topics: readonly string[],
    options?: { lastEventId?: string | undefined; signal?: AbortSignal | undefined },
  ): AsyncIterable<HubEvent>
  /** Close the matching streams as `disconnected`; resolves with how many there were. */
  disconnect(match: { identity?: string | undefined; topic?: string | undefined }): Promise<number>
  /** How many subscribers a topic has. */
  count(topic: string): Promise<number>
  stats(): HubStats
  /** Admit nobody, warn everybody, close in a jittered spread; resolves when empty or after `within` ms (default 10,000). */
  drain(options?: { within?: number | undefined }): Promise<void>
  /** Close every stream and the broker now. */
  close(): Promise<void>
}
