import type { Clock } from '../../clock.ts'
import { isEventStream } from '../../wire/content-type.ts'
import { clockOf, connect } from '../connect.ts'
import { patientFetch } from '../request-init.ts'
import { headLike } from '../response-head.ts'
import type { ConnectOptions, Endpoints, EndpointsFunction, EventConnection, StandardSchema } from '../types.ts'
import { groupOf, lastEventIdOf, topicsOf } from './asked.ts'
import type { Locks } from './election.ts'
import { type JoinedStream } from './joined-stream.ts'
import { SplicedBody } from './spliced-body.ts'
import { Tab } from './tab.ts'

/**
 * `connect()`, with one connection for all tabs of an origin: a browser allows six to a host over HTTP/1.1.
 *
 * Tabs share what has the same endpoints. Each has its own topics, those that its URLs name as `topic=`, 32 in all tabs
 * together, and its own position: a tab that comes late, or is told to begin earlier, reads on a connection of its own
 * until it has caught up. Where the tab that holds the connection is closed, crashes or is frozen, another one goes on
 * within 5 s, with nothing lost or twice. What ends ends for all: topics that end one by one are not told apart.
 *
 * Headers, credentials and redundancy are those of the tab that holds the connection. Needs Web Locks and
 * BroadcastChannel, which browsers have in secure contexts; elsewhere, and for other methods than GET, it is `connect()`.
 *
 * @throws {InvalidOptionError} @throws {OptionRangeError} as `connect()`
 */
export function shared<Data>(
  endpoints: Endpoints | EndpointsFunction,
  options: ConnectOptions<Record<string, Data>> & { schema: StandardSchema<Data> },
): EventConnection<Record<string, Data>>
export function shared<Events extends object = Record<string, unknown>>(
  endpoints: Endpoints | EndpointsFunction,
  options?: ConnectOptions<Events>,
): EventConnection<Events>
export function shared(endpoints: Endpoints | EndpointsFunction, options: ConnectOptions = {}): EventConnection {
  const { locks } = (globalThis as { navigator?: { locks?: Locks } }).navigator ?? {}
  const canShare = locks && typeof BroadcastChannel === 'function' && /^get$/i.test(options.method ?? 'get')
  if (!canShare) return connect(endpoints, options)
  const { store: _, lastEventId: __, onGap: ___, until: ____, schema: _____, signal: ______, ...upstream } = options
  const clock = clockOf(options)
  let tab: Tab | undefined
  const join: Join = (url, id) => {
    tab ??= new Tab({ group: groupOf(endpoints, url), held: { endpoints, options: upstream, clock }, locks })
    return tab.join(topicsOf(url), id)
  }
  const read = fetchThrough(join, options.fetch ?? (patientFetch as typeof fetch), clock)
  const connection = connect(endpoints, { ...options, fetch: read, redundancy: 'none', acknowledge: false })
  connection.onStatus(({ state }) => state === 'closed' && tab?.close())
  return connection
}

/** Read what follows on an id through the leader of the tabs that ask for the same as this URL does. */
type Join = (url: string, id: string) => Promise<JoinedStream | undefined>

/** A fetch whose streams come through the tabs' leader, where that can bring them. */
function fetchThrough(join: Join, own: typeof fetch, clock: Clock): typeof fetch {
  const read = async (url: string, init: RequestInit): Promise<Response> => {
    const id = lastEventIdOf(url, init.headers)
    const joined = await join(url, id)
    if (joined) return responseOf(joined, init.signal)
    init.signal?.throwIfAborted()
    const response = await own(url, init)
    if (response.status !== 200 || !response.body || !isEventStream(response.headers.get('content-type')))
      return response
    const body = new SplicedBody(
      response.body,
      id,
      (from) => join(url, from),
      () => clock.now(),
    )
    return headLike(response, new ReadableStream(body, { highWaterMark: 0 }))
  }
  return read as typeof fetch
}

function responseOf(joined: JoinedStream, signal: AbortSignal | null | undefined): Response {
  if (signal?.aborted) joined.close()
  signal?.addEventListener('abort', () => joined.close(), { once: true })
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = await joined.next()
        if (value) controller.enqueue(value)
        else if (!signal?.aborted) controller.close()
      },
      cancel: () => joined.close(),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
