import type { StreamClose } from '../fanout/stream-close.ts'
import type { StreamOptions } from '../response/options.ts'
import type { Broker, Position } from './broker/broker.ts'
import type { GapReason } from './gap-reason.ts'
import type { HubStats } from './stats.ts'
import type { StreamInfo, Trace } from './trace.ts'

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

/** Where to begin in a topic: with all that is kept, with its newest event, or with what comes. */
export type Start = 'earliest' | 'last' | 'now'

/** Options of {@link Hub.respond}. */
export interface RespondOptions {
  /** 1 to 32 topics. */
  topics: readonly string[]
  /**
   * Where to begin for a client that brings no id: with what comes, with each topic's newest event, or with all that is
   * kept. Default `earliest` for a topic that {@link Hub.run} makes or that has ended, so that it makes no difference
   * when one comes; `now` for others.
   */
  start?: Start | undefined
  /** Deliver only events for which it returns true. Called once an event and stream; a gap is always delivered. */
  filter?: ((event: HubEvent) => boolean) | undefined
  /** Whose stream this is, for `disconnect`. */
  identity?: string | undefined
  /** When the credentials expire, in milliseconds since 1970: the stream then closes as `unauthorized`. Default never. */
  expiresAt?: number | undefined
  /** Overrides the hub's stream options. */
  stream?: Omit<StreamOptions, 'maxBufferedBytes'> | undefined
}

/** Options of {@link createHub}. */
export interface HubOptions {
  /** Default: a `memoryBroker()` of its own, closed with the hub. One that is given is left open. */
  broker?: Broker | undefined
  /** Defaults of every response. `maxBufferedBytes` is shared by a topic's readers. */
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
  /** Told of publications, streams, gaps and the broker by name, as a channel of `node:diagnostics_channel` would be. */
  trace?: Trace | undefined
}

/** What is to be published. The function form is told how much of it is in the topic already. */
export type RunSource =
  | AsyncIterable<HubPublication | string>
  | ((context: RunContext) => AsyncIterable<HubPublication | string>)

/** What a source in its function form is told. */
export interface RunContext {
  /** How many events of this run are stored: more than 0 when it goes on for a producer that died. */
  written: number
  /** Aborted when nothing more is wanted: what is yielded after that is dropped. */
  signal: AbortSignal
}

/** Options of {@link Hub.run}. */
export interface RunOptions {
  /**
   * Only the first run of a topic with this key produces. A later one resolves at once, or, when its source is a
   * function, waits for the first to end, and goes on in its place when it dies.
   */
  key?: string | undefined
  /** Milliseconds to go on without readers, who may come back. Default no limit. */
  linger?: number | undefined
  /**
   * Milliseconds after which a producer of which nothing was heard counts as dead: it renews its lease three times as
   * often. Default 15,000; 0 for one that nobody shall judge.
   */
  lease?: number | undefined
  /** Stops it, as {@link Hub.stop} does; of one that waits for another to die, it ends the waiting. */
  signal?: AbortSignal | undefined
}

/** What became of a run. */
export interface RunResult {
  /**
   * `produced`: its source has come to its end. `stopped`: by its signal, or by {@link Hub.stop}. `unread`: nobody read for
   * `linger`. `elsewhere`: another call with the same key produces, or has produced.
   */
  outcome: 'produced' | 'stopped' | 'unread' | 'elsewhere'
  /** How many events the run has stored, by whomever; undefined where the history does not say it any more. */
  written?: number | undefined
  /** How the topic has ended; undefined while it goes on elsewhere, or where the history does not say it any more. */
  end?: 'done' | 'failed' | undefined
}

/**
 * How a topic stands. `unknown`: nothing is kept of it, it never was or has expired. `open`: events are published.
 * `running`: a {@link Hub.run} makes it. `ended` and `failed`: nothing more will come, unless somebody publishes again.
 * `failed` as well: the producer has given no sign for twice its lease, by the clocks of its machine and this one, which
 * should agree within one. A run that goes on after that is `running` again.
 */
export type TopicStatus = 'unknown' | 'open' | 'running' | 'ended' | 'failed'

/** Options of {@link Hub.read}. */
export interface ReadOptions {
  /** The id of the last event that is known. Default `earliest`: from the oldest that is kept. */
  after?: string | undefined
  /** At most so many events, 1 to 1,000. Default 100. */
  limit?: number | undefined
  signal?: AbortSignal | undefined
}

/** A page of a topic's history. */
export interface HubPage {
  events: HubEvent[]
  /** Where the page ends: what to read or to subscribe after. */
  lastEventId: string
  /** Whether there was more when it was read. */
  more: boolean
  /** Why the page does not begin right after the id: it begins with the oldest event that is kept. */
  gap?: GapReason | undefined
}

/** Topics, their subscribers, and the way between them. */
export interface Hub {
  /**
   * Store one event, or several at once, under `topic` and offer them to every subscriber.
   *
   * Resolves once stored, not once delivered: a slow subscriber never delays it.
   *
   * @param options.key - makes a retry safe: a key seen before for this topic stores nothing
   * @throws {InvalidTopicError} @throws {InvalidFieldError} @throws {InvalidOptionError} @throws {HubClosedError}
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
   * Resolves when the topic has ended. A source that throws ends it as failed, and rejects here. When this process dies, a
   * `run` with the same key at another hub goes on after the `written` events that there are, if its source is a function;
   * where there is none, whoever reads the topic ends it as failed after the lease. While the broker is away, it tries
   * again for as long.
   *
   * @throws {InvalidTopicError} @throws {InvalidOptionError} @throws {OptionRangeError}
   * @throws {RunSupersededError} this process was taken for dead, and another has gone on or ended the topic
   * @throws {HubClosedError} the hub was closed: another one may go on
   * @throws {BrokerUnavailableError} and what the source throws
   */
  run(topic: string, source: RunSource, options?: RunOptions): Promise<RunResult>
  /**
   * Stop the run of a topic, whichever hub it runs at: readers get what there is, then `end=done`. Resolves when the topic
   * has ended, at once when nothing runs; after the run's lease at most, when its producer is dead.
   *
   * @throws {InvalidTopicError} @throws {HubClosedError} @throws {BrokerUnavailableError}
   */
  stop(topic: string): Promise<void>
  /** How a topic stands. @throws {InvalidTopicError} @throws {HubClosedError} and what the broker throws */
  status(topic: string): Promise<TopicStatus>
  /**
   * Read some of a topic's history, and return.
   *
   * @throws {InvalidTopicError} @throws {HubClosedError} @throws {OptionRangeError} the limit is out of range
   * @throws the signal's reason, and what the broker throws
   */
  read(topic: string, options?: ReadOptions): Promise<HubPage>
  /**
   * End a topic: readers get the rest, then `end=done`; later ones its history, then the end; who has it all gets 204.
   * Publishing again begins it again.
   */
  end(topic: string): Promise<void>
  /**
   * Answer a request with the event stream of some topics.
   *
   * A client resumes by `Last-Event-ID` or `?lastEventId=`; `?lastEventId=earliest` gets all that is kept,
   * `?lastEventId=last` each topic's newest event and what follows. What is lost is announced as an event `gap`.
   *
   * Turned away for a while, with 503, is who comes to a hub that drains or is full: of streams by `maxSubscribers`, of topics
   * and sets of topics by the 256 MiB that these may take beside their events.
   *
   * @throws {InvalidTopicError} @throws {TopicCountError} @throws {TopicKeyCollisionError}
   * @throws {InvalidOptionError} the request or an option is of another kind, or there is no such option
   * @throws {OptionRangeError} a number that an option cannot be
   */
  respond(request: Request, options: RespondOptions): Promise<Response>
  /**
   * The same events in this process, from `lastEventId` (`earliest` and `last` as in a query), or without one from where
   * {@link respond} begins. Leaving the loop, or aborting `signal`, unsubscribes; a slow loop falls back on the history.
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
  /**
   * Whether clients should be sent here: not while the hub drains, nor while its broker is lost. It asks the broker, once a
   * second at most, and takes no answer in 800 ms for a loss.
   */
  ready(): Promise<boolean>
  /** Admit nobody, warn everybody, close in a jittered spread; resolves when empty or after `within` ms (default 10,000). */
  drain(options?: { within?: number | undefined }): Promise<void>
  /** Close every stream now. */
  close(): Promise<void>
}
