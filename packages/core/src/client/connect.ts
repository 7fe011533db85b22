import { begin } from './accepted.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Connection, fail, finish, say } from './connection.ts'
import { createConsumer } from './consumer.ts'
import { createEndpoints } from './endpoints.ts'
import type { EndpointState } from './endpoints.ts'
import { leave } from './failover.ts'
import { createMover } from './mover.ts'
import { watchNetwork } from './network-change.ts'
import { createQueue } from './queue.ts'
import { createRace } from './race.ts'
import { createRedundancy } from './redundancy.ts'
import { addTo } from './safely.ts'
import type { Status } from './status.ts'
import type { ConnectOptions, Endpoints, EventConnection } from './types.ts'

/** Where tests and the simulator put a clock and chance of their own. Not an option: it may change at any time. */
const seam: unique symbol = /* @__PURE__ */ Symbol.for('holdfast.clock')

type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] }

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
  const clock = (options as { [seam]?: Clock })[seam] ?? systemClock
  const { lastEventId, signal, store } = options
  const list = createEndpoints(endpoints, clock)
  const connection = {
    options,
    clock,
    endpoints: list,
    once: !/^get$/i.test(options.method ?? 'get') && !options.idempotent,
    links: new Set(),
    accepted: new Map(),
    names: new Map(),
    opaque: new Map(),
    listeners: new Set(),
    over: new AbortController(),
    queue: createQueue(),
  } as Partial<Connection> as Writable<Connection>
  const { listeners, over } = connection
  say(connection, 'connecting', (list.all[0] as EndpointState).url)
  const consumer = (connection.consumer = createConsumer(connection))
  connection.race = createRace(connection)
  connection.redundancy = createRedundancy(connection)
  connection.hinted = createMover(connection)

  const close = (): void => finish(connection, 'closed', true)
  const abort = (): void => {
    consumer.failures[0] ??= signal?.reason
    finish(connection, 'aborted', true)
  }
  // Begin, once it is known where.
  const start = async (): Promise<void> => {
    try {
      // Waits in any case, so that whoever listens has begun to.
      const id = (await (lastEventId ?? store?.get())) ?? ''
      if (connection.closed) return
      begin(connection, id)
      consumer.lastEventId = id
      connection.race.need(
        undefined,
        list.pick(() => true),
      )
    } catch (cause) {
      fail(connection, 'store-failed', { cause })
    }
  }
  signal?.addEventListener('abort', abort, over)
  watchNetwork(connection)
  if (signal?.aborted) abort()
  else void start()

  return {
    get status() {
      return connection.status
    },
    get lastEventId() {
      return consumer.lastEventId
    },
    on: consumer.on,
    onStatus: (listener: (status: Status) => void) => addTo(listeners, [listener]),
    reconnect() {
      leave(connection, connection.primary, 'requested')
      connection.race.hurry()
    },
    close,
    [Symbol.asyncIterator]: consumer.iterate,
    [Symbol.asyncDispose]: async () => close(),
  } as unknown as EventConnection<Events>
}
