import type { AsyncDisposable, BodyInit, HeadersInit, RequestCredentials } from '../web-types.ts'
import type { ReceivedEvent } from '../wire/event.ts'
import type { Status } from './status.ts'

/** An event, and the topic it belongs to where the server names its topics. */
export interface TopicEvent<Type extends string = string, Data = unknown> extends ReceivedEvent {
  event: Type
  topic?: string | undefined
  /** `data` as JSON, or what the schema made of it. @throws {SyntaxError} when it is not JSON */
  json<T = Data>(): T
}

/** The events of a map from event types to their data. */
export type EventsOf<Events extends object> = {
  [Type in keyof Events & string]: TopicEvent<Type, Events[Type]>
}[keyof Events & string]

/** One URL to connect to. */
export interface Endpoint {
  url: string | URL
  /** Milliseconds by which it counts as slower than it is. Default 0. */
  priority?: number | undefined
}

export type Endpoints = string | URL | readonly (string | URL | Endpoint)[]

/**
 * Says which endpoints there are. Called at the start, when all of them failed, and after 60 s without a good stream; never
 * twice at a time, and at most once a second.
 */
export type EndpointsFunction = () => Endpoints | Promise<Endpoints>

/** A validator as the Standard Schema specification (version 1) describes it; Zod, Valibot and ArkType are such. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** Events that cannot be had any more. */
export interface ConnectionGap {
  /**
   * As the server says it; `missed` where servers contradict each other about their log; `too-large` where an event was
   * larger than `maxEventBytes`.
   */
  reason: 'trimmed' | 'new-epoch' | 'unknown-id' | 'missed' | 'too-large'
  /** Where events are missing: topics by name, or by key where the server does not name them. */
  topics: readonly string[]
  /** The last event ID before the gap. */
  from: string
  /** The id where the stream goes on. */
  to: string
}

/** What a connection knows of one endpoint, to draw or to log. */
export interface EndpointReport {
  /** As it was given to `connect()`. */
  readonly url: string
  /** Milliseconds to the head of an answer, typically; undefined before the first. */
  readonly head: number | undefined
  /** As its server says: 0 for idle, 1 for full. */
  readonly load: number
  /** Milliseconds for which it is left alone, since it failed or said so; 0 for one that may be asked. */
  readonly avoidedFor: number
}

/** Keeps the last event ID over restarts. */
export interface PositionStore {
  get(): string | null | undefined | Promise<string | null | undefined>
  /** Called at most once a second, and at the end; a call is not made before the one before has settled. */
  set(lastEventId: string): void | Promise<void>
}

/** How many connections to hold. `standby` is one that carries no events, `full` a second one with all of them. */
export type RedundancyLevel = 'none' | 'standby' | 'full'

/** Options of `connect()`. Durations are milliseconds. */
export interface ConnectOptions<Events extends object = Record<string, unknown>> {
  /**
   * Default `GET`. A request with any other method is never raced, hedged, duplicated or repeated: once it is answered with
   * a stream, only a GET at `resumeUrl` goes on from there. A request answered by 401 or 407 was not acted on, so that one
   * is made again if `headers` is a function.
   */
  method?: string | undefined
  /** Headers of each request. A function is called for every attempt, and once more when the server answers 401, 403 or 407. */
  headers?: HeadersInit | ((endpoint: string) => HeadersInit | Promise<HeadersInit>) | undefined
  /** Not a stream: it may be sent more than once, and runtimes want to be told how. */
  body?: BodyInit | null | undefined
  credentials?: RequestCredentials | undefined
  /** Default the global one. */
  fetch?: typeof fetch | undefined
  /** Closes the connection and discards what was not consumed; the iteration throws the signal's reason. */
  signal?: AbortSignal | undefined
  /**
   * Where to resume from: an id, `earliest` for all that is kept, or `last` for each topic's newest event and what follows.
   * Default what the store has, else from now on.
   */
  lastEventId?: string | undefined
  /** Reads where to resume from, writes what has been consumed: an event counts once the next one is asked for. */
  store?: PositionStore | undefined
  /** Default `auto`: from none, to a standby after a loss or on the server's word. Never on an endpoint's own host. */
  redundancy?: RedundancyLevel | 'auto' | { min: RedundancyLevel; max: RedundancyLevel } | undefined
  /** Asks the server for heartbeats this often. */
  heartbeat?: number | undefined
  /** A stream this silent is given up, where the server announces no heartbeat. 0 switches off all judging by silence. Default: only announced heartbeats count. */
  idleTimeout?: number | undefined
  /**
   * How long an answer's head may take, in milliseconds. Default 10,000. Where other endpoints may be asked and this one worked
   * before: three usual times, 2,000 at least, and twice as long after each one that did not come, 10,000 at most. 60,000 for a request
   * that must not be repeated.
   */
  connectTimeout?: number | undefined
  /** The base of the exponential back-off; at least 200. Default 1,000. A server's `retry:` is a minimum for that server. */
  backoff?: number | undefined
  /** Tells the server regularly what was received, where TCP alone would not notice a dead client. */
  acknowledge?: boolean | undefined
  /** Says that the request may be made twice, although it is not a GET. */
  idempotent?: boolean | undefined
  /** Where a GET resumes what another method began. Default the answer's Content-Location, if that is of the endpoint's origin. */
  resumeUrl?: string | URL | undefined
  /** An event that is larger is passed over, and told as a gap. In bytes; default 16 MiB, as a hub's. */
  maxEventBytes?: number | undefined
  /**
   * For the data of all events, or one for each event type. An event that fails ends the connection with `invalid-event`;
   * one without data is not the schema's.
   */
  schema?: StandardSchema | { readonly [Type in keyof Events]?: StandardSchema<Events[Type]> } | undefined
  /** Finds the event that ends it, such as one whose data is `[DONE]`: the iteration then completes, without that event. */
  until?: ((event: TopicEvent) => boolean) | undefined
  /** Called between the events before and after what is missing. The next event waits for it: load the state, then follow. */
  onGap?: ((gap: ConnectionGap) => void | Promise<void>) | undefined
}

/**
 * A connection to one of several endpoints that outlives each of them.
 *
 * Iterating is bounded: a slow loop holds the socket back, and leaving it closes the connection. One loop at a time.
 * Without a loop, events go to the listeners; with one, listeners are called as the loop takes the events.
 */
export interface EventConnection<Events extends object = Record<string, unknown>>
  extends AsyncIterable<EventsOf<Events>>, AsyncDisposable {
  readonly status: Status
  /** How the endpoints are at this moment. */
  readonly endpoints: readonly EndpointReport[]
  /** The id of the last event that was consumed: what to persist, and to pass as `lastEventId` another time. */
  readonly lastEventId: string
  /** Listen to one event type, or to all with `*`. What the listener throws is reported and goes nowhere else. @returns how to stop */
  on(event: '*', listener: (event: EventsOf<Events>) => void): () => void
  on<Type extends keyof Events & string>(
    event: Type,
    listener: (event: TopicEvent<Type, Events[Type]>) => void,
  ): () => void
  /**
   * Hear what the connection does, after it has done it. Who listens to events hears that it is `closed` after the last
   * one. @returns how to stop
   */
  onStatus(listener: (status: Status) => void): () => void
  /** Move to another connection now, or make the next attempt now. */
  reconnect(): void
  close(): void
}
