import { Connection } from './connection.ts'
import type { Status } from './status.ts'
import { type Clock, systemClock } from './timer.ts'
import type { ConnectOptions, Endpoints, EventConnection, EventsOf, TopicEvent } from './types.ts'

/** Where tests and the simulator put a clock and chance of their own. Not an option: it may change at any time. */
const seam: unique symbol = /* @__PURE__ */ Symbol.for('holdfast.clock')

interface Seam {
  readonly [seam]?: Clock
}

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
 * @throws {TypeError} an endpoint is not a URL, there is none, or an option is not one of its words
 */
export function connect<Events extends object = Record<string, unknown>>(
  endpoints: Endpoints,
  options: ConnectOptions<Events> = {},
): EventConnection<Events> {
  const connection = new Connection(endpoints, options, (options as Seam)[seam] ?? systemClock)
  void connection.start()
  return new Handle(connection) as unknown as EventConnection<Events>
}

/** What the application gets to see of a connection. */
class Handle implements EventConnection {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get status(): Status {
    return this.#connection.board.current
  }

  get lastEventId(): string {
    return this.#connection.consumer.lastEventId
  }

  on<Type extends string>(event: Type, listener: (event: TopicEvent<Type>) => void): () => void {
    return this.#connection.consumer.on(event, listener as (event: TopicEvent) => void)
  }

  onStatus(listener: (status: Status) => void): () => void {
    return this.#connection.board.listen(listener)
  }

  reconnect(): void {
    this.#connection.reconnect()
  }

  close(): void {
    this.#connection.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<EventsOf<Record<string, unknown>>> {
    return this.#connection.consumer.iterate()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }
}
