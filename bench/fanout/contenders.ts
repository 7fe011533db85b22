import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { createHub, type Hub, type Published } from '@holdfast/core/hub'

/** One way to send each event to every reader. */
export interface Contender {
  port: number
  count(): number
  publish(data: string): void
  /** Resolves when what was published has been handed to the runtime. */
  settle(): Promise<void>
}

type Control = (url: URL) => Promise<string>
type Make = (control: Control) => Promise<Contender>

const isBun = 'Bun' in globalThis
const isDeno = 'Deno' in globalThis

/** What is compared: ours, and what one writes by hand on the runtime. */
export const contenders: Record<string, Make> = {
  holdfast,
  service,
  raw: isBun || isDeno ? rawStream : rawNode,
  direct: directStream,
  'better-sse': betterSse,
  h3: h3EventStream,
  hono: honoStream,
}

async function holdfast(control: Control): Promise<Contender> {
  const hub = createHub()
  return serveHub(hub, control, (request, at) => {
    const topics = at.searchParams.getAll('topic')
    return hub.respond(request, { topics: topics.length > 0 ? topics : ['bench'] })
  })
}

/** The service on the same server. Its readers bring a token that is signed with the secret of `argv`. */
async function service(control: Control): Promise<Contender> {
  const { createService, jwt } = await import('@holdfast/service')
  const hub = createHub()
  const key = Buffer.from(process.argv[3] ?? '', 'hex')
  const app = createService({ hub, auth: jwt({ secret: key, algorithms: ['HS256'] }) })
  return serveHub(hub, control, (request, _at, env) => app.fetch(request, env))
}

async function serveHub(
  hub: Hub,
  control: Control,
  events: (request: Request, at: URL, env: object) => Response | Promise<Response>,
): Promise<Contender> {
  const adapter = isBun ? 'bun' : isDeno ? 'deno' : 'node'
  const { serve } = (await import(`@holdfast/adapters/${adapter}`)) as typeof import('@holdfast/adapters/node')
  let last: Promise<Published | undefined> = Promise.resolve(undefined)
  const { url } = await serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request, env) => {
      const at = new URL(request.url)
      if (at.pathname === '/event') return publishBody(hub, request)
      if (at.pathname === '/id') return new Response(idBefore(await last, Number(at.searchParams.get('back'))))
      return at.pathname === '/events' ? events(request, at, env) : new Response(await control(at))
    },
  })
  return {
    port: Number(new URL(url).port),
    count: () => hub.stats().subscribers,
    publish: (data) => void (last = hub.publish('bench', { data })),
    async settle() {
      await last
      // All that was published has been handed on when a later event has, since each topic is in order.
      const { delivered, subscribers } = hub.stats()
      for (let before = -1, now = delivered; now !== before && subscribers > 0;) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        before = now
        now = hub.stats().delivered
      }
    },
  }
}

async function publishBody(hub: Hub, request: Request): Promise<Response> {
  await hub.publish('bench', { data: await request.text() })
  return new Response(null, { status: 204 })
}

/** The id of an event so many before. */
function idBefore(published: Published | undefined, back: number): string {
  const { id = '', position } = published ?? {}
  return id.replace(/[0-9a-z]+$/, ((position?.offset ?? 0) - back).toString(36))
}

/** `res.write` for each event and reader, as in any tutorial for `node:http`. */
async function rawNode(control: Control): Promise<Contender> {
  const readers = new Set<ServerResponse>()
  const publish = (data: string): void => {
    for (const response of readers) response.write(`data: ${data}\n\n`)
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    if (url.pathname === '/event')
      return void text(request)
        .then(publish)
        .then(() => response.writeHead(204).end())
    if (url.pathname !== '/events') return void control(url).then((text) => response.end(text))
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write(': open\n\n')
    readers.add(response)
    response.on('close', () => readers.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    count: () => readers.size,
    publish,
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}

/** better-sse: a session for each request, a channel for all. */
async function betterSse(control: Control): Promise<Contender> {
  const { createChannel, createSession } = await import('better-sse')
  const channel = createChannel()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    if (url.pathname !== '/events') return void control(url).then((text) => response.end(text))
    void createSession(request, response).then((session) => channel.register(session))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    count: () => channel.sessionCount,
    publish: (data) => void channel.broadcast(data),
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}

/** h3's `createEventStream`, and a push to each. */
async function h3EventStream(control: Control): Promise<Contender> {
  const { createEventStream, H3, serve } = await import('h3')
  const streams = new Set<{ push(data: string): Promise<void> }>()
  const app = new H3()
  app.get('/events', (event) => {
    const stream = createEventStream(event)
    streams.add(stream)
    stream.onClosed(() => void streams.delete(stream))
    // Its head leaves with the first bytes, by which a reader knows that it is served.
    void stream.pushComment('')
    return stream.send()
  })
  app.all('/**', (event) => control(event.url))
  const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true })
  await server.ready()
  return {
    port: Number(new URL(server.url ?? '').port),
    count: () => streams.size,
    publish: (data) => {
      for (const stream of streams) void stream.push(data)
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}

/** Hono's `streamSSE` on its Node server. */
async function honoStream(control: Control): Promise<Contender> {
  const [{ Hono }, { streamSSE }, { serve }] = await Promise.all([
    import('hono'),
    import('hono/streaming'),
    import('@hono/node-server'),
  ])
  const streams = new Set<{ writeSSE(message: { data: string }): Promise<void> }>()
  const app = new Hono()
  app.get('/events', (context) =>
    streamSSE(context, async (stream) => {
      streams.add(stream)
      await stream.writeSSE({ data: 'open' })
      await new Promise<void>((resolve) => stream.onAbort(() => (streams.delete(stream), resolve())))
    }),
  )
  app.all('*', async (context) => context.text(await control(new URL(context.req.url))))
  const port = await new Promise<number>((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (address) => resolve(address.port))
  })
  return {
    port,
    count: () => streams.size,
    publish: (data) => {
      for (const stream of streams) void stream.writeSSE({ data })
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}

interface FetchServers {
  Bun?: { serve(options: object): { port: number } }
  Deno?: { serve(options: object, handler: (request: Request) => Promise<Response>): { addr: { port: number } } }
}

/** `controller.enqueue` for each event and reader, on Bun and Deno. */
async function rawStream(control: Control): Promise<Contender> {
  const encoder = new TextEncoder()
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const fetch = async (
    request: Request,
    server?: { timeout?(request: Request, seconds: number): void },
  ): Promise<Response> => {
    const url = new URL(request.url)
    if (url.pathname !== '/events') return new Response(await control(url))
    server?.timeout?.(request, 0)
    let own: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        readers.add((own = controller))
        controller.enqueue(encoder.encode(': open\n\n'))
      },
      cancel: () => void readers.delete(own),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const { Bun, Deno } = globalThis as FetchServers
  const port = Bun
    ? Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 0, fetch }).port
    : (Deno?.serve({ port: 0, hostname: '127.0.0.1', onListen: () => {} }, fetch).addr.port ?? 0)
  return {
    port,
    count: () => readers.size,
    publish: (data) => {
      const bytes = encoder.encode(`data: ${data}\n\n`)
      for (const controller of readers) controller.enqueue(bytes)
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}

interface DirectController {
  write(bytes: Uint8Array): void
  flush(): void
}

/** Bun's own kind of stream, `type: 'direct'`: what is written goes to the socket without a queue. */
async function directStream(control: Control): Promise<Contender> {
  const encoder = new TextEncoder()
  const readers = new Set<DirectController>()
  const fetch = async (
    request: Request,
    server: { timeout(request: Request, seconds: number): void },
  ): Promise<Response> => {
    const url = new URL(request.url)
    if (url.pathname !== '/events') return new Response(await control(url))
    server.timeout(request, 0)
    const source = {
      type: 'direct',
      pull(controller: DirectController) {
        const { promise, resolve } = Promise.withResolvers<void>()
        request.signal.addEventListener('abort', () => (readers.delete(controller), resolve()))
        controller.write(encoder.encode(': open\n\n'))
        controller.flush()
        readers.add(controller)
        return promise
      },
    }
    // TypeScript's own types know nothing of it.
    const body = new ReadableStream<Uint8Array>(source as unknown as UnderlyingDefaultSource<Uint8Array>)
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const { Bun } = globalThis as FetchServers
  if (!Bun) throw new Error('Only Bun has streams of the type "direct"')
  return {
    port: Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 0, fetch }).port,
    count: () => readers.size,
    publish: (data) => {
      const bytes = encoder.encode(`data: ${data}\n\n`)
      for (const controller of readers) {
        controller.write(bytes)
        controller.flush()
      }
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }
}
