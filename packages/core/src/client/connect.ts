import { checkOptions } from '../check-options.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { CreateParser } from './attempt/request.ts'
import { connectOptions } from './connect-rules.ts'
import { Consumer } from './delivery/consumer.ts'
import { Delivery } from './delivery/delivery.ts'
import { Queue } from './delivery/queue.ts'
import { PositionSaver } from './delivery/saver.ts'
import { createValidator } from './delivery/schema.ts'
import { Announcer } from './failover/announcer.ts'
import { Conductor } from './failover/conductor.ts'
import { EndpointSource } from './failover/endpoint-source.ts'
import { EndpointPool } from './failover/endpoints.ts'
import { Streams } from './failover/streams.ts'
import { watchPage } from './page.ts'
import type { Status } from './status.ts'
import type {
  ConnectOptions,
  EndpointReport,
  Endpoints,
  EndpointsFunction,
  EventConnection,
  StandardSchema,
  TopicEvent,
} from './types.ts'

/** Where tests and the simulator put a clock and chance of their own. Not an option: it may change at any time. */
const seam: unique symbol = /* @__PURE__ */ Symbol.for('holdfast.clock')

/**
 * Connect to a stream of events that several endpoints can bring, and stay connected.
 *
 * Every event comes exactly once and in its topic's order, whatever endpoints fail, or a gap is reported. That holds for
 * servers whose ids are positions (a Holdfast hub); other servers' ids are resumed from as the standard says, one stream
 * at a time. The attempt begins at once; events wait, within bounds, until somebody takes them.
 *
 * The iteration ends when the server says that the source is done, and throws {@link ConnectionError} when the connection
 * cannot be kept, with `source-failed` also when the server says that the source broke off.
 *
 * @throws {InvalidOptionError} an endpoint is not a URL, there is none, an option is of another kind, or there is no such
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function connect<Data>(
  endpoints: Endpoints | EndpointsFunction,
  options: ConnectOptions<Record<string, Data>> & { schema: StandardSchema<Data> },
): EventConnection<Record<string, Data>>
export function connect<Events extends object = Record<string, unknown>>(
  endpoints: Endpoints | EndpointsFunction,
  options?: ConnectOptions<Events>,
): EventConnection<Events>
export function connect(endpoints: Endpoints | EndpointsFunction, options: ConnectOptions = {}): EventConnection {
  checkOptions('connect', options, connectOptions)
  return hold(endpoints, options)
}

/** What stands on `connect()` in this package brings with it. */
export interface Inside {
  /** What reads the answers. */
  createParser?: CreateParser | undefined
  /** The first attempt is made at the first endpoint, whatever the others are like. */
  beginsAtFirst?: boolean | undefined
}

/** `connect()` for this package's own use, whose options are in order. */
export function hold(
  endpoints: Endpoints | EndpointsFunction,
  options: ConnectOptions,
  inside: Inside = {},
): EventConnection {
  return new HeldConnection(endpoints, options, inside)
}

/** The clock of a connection with these options. */
export function clockOf(options: object): Clock {
  return (options as { [seam]?: Clock })[seam] ?? systemClock
}

/** Puts delivery and failover together, and is what the application holds. */
class HeldConnection implements EventConnection {
  readonly #options: ConnectOptions
  readonly #clock: Clock
  readonly #announcer: Announcer
  readonly #delivery: Delivery
  readonly #consumer: Consumer
  readonly #conductor: Conductor
  readonly #source: EndpointSource
  /** Ends what would outlive the connection: its listeners to others. */
  readonly #over = new AbortController()

  constructor(
    endpoints: Endpoints | EndpointsFunction,
    options: ConnectOptions,
    { createParser, beginsAtFirst }: Inside,
  ) {
    const clock = clockOf(options)
    const pool = new EndpointPool(undefined, clock)
    this.#source = new EndpointSource(endpoints, pool, clock, () => this.#conductor.endpointsChanged())
    const queue = new Queue()
    this.#options = options
    this.#clock = clock
    this.#announcer = new Announcer({ state: 'connecting', endpoint: pool.all[0]?.url ?? '' })
    const streams = new Streams(pool, this.#announcer)
    this.#delivery = new Delivery(streams, queue, {
      until: options.until && ((event) => this.#isLast(event)),
      onLimit: (limit) => this.#announcer.tellLimit(limit, undefined),
    })
    this.#consumer = new Consumer(queue, {
      validator: createValidator(options.schema),
      onGap: options.onGap,
      onInvalid: (cause) => this.#conductor.fail('invalid-event', { cause }, true),
      onLeave: () => this.close(),
      onOver: () => this.#over.abort(),
    })
    this.#conductor = new Conductor({
      endpoints: pool,
      source: this.#source,
      streams,
      options: { ...options, createParser },
      delivery: this.#delivery,
      queue,
      consumer: this.#consumer,
      announcer: this.#announcer,
      clock,
    })
    this.#begin(beginsAtFirst)
  }

  get status(): Status {
    return this.#announcer.status
  }

  get endpoints(): readonly EndpointReport[] {
    return this.#conductor.endpoints.report()
  }

  get lastEventId(): string {
    return this.#consumer.lastEventId
  }

  on(type: string, listener: (event: TopicEvent) => void): () => void {
    return this.#consumer.on(type, listener)
  }

  onStatus(listener: (status: Status) => void): () => void {
    return this.#announcer.listeners.add(listener)
  }

  reconnect(): void {
    this.#conductor.reconnect()
  }

  close(): void {
    this.#conductor.finish('closed', true)
  }

  [Symbol.asyncIterator](): AsyncIterator<TopicEvent> {
    return this.#consumer.iterate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  #begin(atFirst: boolean | undefined): void {
    const { signal } = this.#options
    const abort = (): void => {
      this.#consumer.fail(signal?.reason)
      this.#conductor.finish('aborted', true)
    }
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { signal: this.#over.signal })
    watchPage(this.#conductor.presence, this.#over.signal)
    void this.#start(atFirst)
  }

  // Waits in any case, so that whoever listens has begun to.
  async #start(atFirst: boolean | undefined): Promise<void> {
    const { lastEventId, store } = this.#options
    try {
      const id = (await (lastEventId ?? store?.get())) ?? ''
      if (this.#over.signal.aborted) return
      this.#delivery.positions.begin(id)
      const resumed = this.#delivery.positions.id()
      this.#consumer.begin(resumed, store && new PositionSaver(store, this.#clock, resumed))
    } catch (cause) {
      return this.#conductor.fail('store-failed', { cause })
    }
    try {
      await this.#source.begin(this.#over.signal, (delay) => this.#announcer.say({ state: 'waiting', delay }))
      this.#conductor.start(atFirst)
    } catch (cause) {
      this.#conductor.fail('invalid-endpoint', { cause })
    }
  }

  #isLast(event: TopicEvent): boolean {
    try {
      return this.#options.until?.(event) === true
    } catch (cause) {
      this.#conductor.fail('invalid-event', { cause })
      return true
    }
  }
}
