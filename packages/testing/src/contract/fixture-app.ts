import { activeTimers, pause } from './counted-timers.ts'
import { type StreamOptions, eventStream } from '@holdfast/core'
import { type Hub, type HubOptions, createHub } from '@holdfast/core/hub'
import { Journal, type StreamRecord, toCloseRecord } from './journal.ts'
import { Pokes, createSource, numbered } from './sources.ts'

/** What `GET /state` answers. */
export interface FixtureState {
  timers: number
  subscribers: number
  /** Subscribers of `?topic=`. */
  count: number
  /** What is known of the stream `?name=`. */
  stream?: StreamRecord | undefined
  /** Errors that belonged to no caller. */
  errors: string[]
}

/** What `POST /publish` answers. */
export interface PublishResult {
  published: number
  failed: number
}

/** A server to be examined: the same code on every runtime, observed over HTTP alone. */
export interface Fixture {
  fetch(request: Request): Promise<Response>
  hub: Hub
}

const defaultBatch = 64 * 1024

/**
 * Build the app that {@link adapterContract} examines.
 *
 * @param makeHub - where one hub for all requests is not possible
 */
export function createFixture(makeHub: (options: HubOptions) => Hub = createHub): Fixture {
  const journal = new Journal()
  const pokes = new Pokes()
  const errors: string[] = []
  const hooks: HubOptions = {
    onClose: (close) => void journal.of(close.identity ?? '').hubCloses.push(toCloseRecord(close)),
    onError: (error) => void errors.push(String(error)),
  }
  const hub = makeHub(hooks)
  // Keeps so much for a client that does not read that it is found by its stall, not by its overflow.
  const roomy = makeHub({ ...hooks, stream: { maxBufferedBytes: 64 * 1024 * 1024 } })
  const hubOf = (query: URLSearchParams): Hub => (query.has('roomy') ? roomy : hub)

  const streamOptions = (query: URLSearchParams): StreamOptions => {
    const options: StreamOptions = {
      onClose: (close) => void journal.of(query.get('name') ?? '').closes.push(toCloseRecord(close)),
    }
    for (const name of ['heartbeat', 'stallTimeout', 'maxAge', 'maxBufferedBytes', 'retry'] as const) {
      if (query.has(name)) options[name] = Number(query.get(name))
    }
    return options
  }

  const publish = async (query: URLSearchParams): Promise<PublishResult> => {
    const [count, size, every] = ['count', 'size', 'every'].map((name) => Number(query.get(name) ?? 0)) as [
      number,
      number,
      number,
    ]
    const result = { published: 0, failed: 0 }
    const batch = Number(query.get('batch') ?? defaultBatch)
    const perBatch = Math.max(1, Math.floor(batch / Math.max(1, size)))
    while (result.published + result.failed < count) {
      const first = result.published + result.failed
      const length = Math.min(perBatch, count - first)
      const events = Array.from({ length }, (_, index) => ({ data: numbered(first + index, size) }))
      const stored = await hubOf(query)
        .publish(query.get('topic') ?? '', events)
        .then(
          () => true,
          (error) => (errors.push(String(error)), false),
        )
      result[stored ? 'published' : 'failed'] += length
      await pause(every)
    }
    return result
  }

  const state = async (query: URLSearchParams): Promise<FixtureState> => ({
    timers: activeTimers(),
    subscribers: hub.stats().subscribers + roomy.stats().subscribers,
    count: await hubOf(query).count(query.get('topic') ?? 'nobody'),
    stream: journal.find(query.get('name') ?? ''),
    errors,
  })

  const stream = async (request: Request, query: URLSearchParams): Promise<Response> => {
    await readBody(request, query.get('read'))
    const record = { sent: 0, aborted: false, finished: false }
    if (request.method !== 'HEAD') journal.of(query.get('name') ?? '').source = record
    return eventStream(
      request,
      createSource(query.get('source') ?? 'quiet', record, query, pokes),
      streamOptions(query),
    )
  }

  const fetch = async (request: Request): Promise<Response> => {
    const { pathname, searchParams: query } = new URL(request.url)
    switch (pathname) {
      case '/events':
        return hubOf(query).respond(request, {
          topics: query.getAll('topic'),
          identity: query.get('name') ?? '',
          stream: streamOptions(query),
        })
      case '/stream':
        return stream(request, query)
      case '/length':
        return Response.json((await request.text()).length)
      case '/publish':
        return Response.json(await publish(query))
      case '/poke':
        return Response.json(await pokes.poke(query.get('name') ?? ''))
      case '/finish':
        return Response.json(pokes.finish(query.get('name') ?? ''))
      case '/state':
        return Response.json(await state(query))
      case '/nothing':
        return new Response(null, { status: 204 })
      case '/drain':
        await hub.drain({ within: Number(query.get('within') ?? 500) })
        return Response.json(true)
      case '/close':
        await hub.close()
        return Response.json(true)
      default:
        return new Response('No such path', { status: 404 })
    }
  }
  return { fetch, hub }
}

/** Read a request's body: all of it, a part, or none. Or fail to. */
async function readBody(request: Request, how: string | null): Promise<void> {
  if (how === 'all') await request.text()
  if (how === 'fail') throw new Error('an internal secret')
  if (how === 'half') await request.body?.getReader().read()
}
