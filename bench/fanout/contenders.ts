import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHub } from '@holdfast/core/hub'

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
export const contenders: Record<string, Make> = { holdfast, raw: isBun || isDeno ? rawStream : rawNode }

async function holdfast(control: Control): Promise<Contender> {
  const adapter = isBun ? 'bun' : isDeno ? 'deno' : 'node'
  const { serve } = (await import(`@holdfast/adapters/${adapter}`)) as typeof import('@holdfast/adapters/node')
  const hub = createHub()
  let last: Promise<unknown> = Promise.resolve()
  const { url } = await serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const at = new URL(request.url)
      if (at.pathname !== '/events') return new Response(await control(at))
      return hub.respond(request, { topics: ['bench'] })
    },
  })
  return {
    port: Number(new URL(url).port),
    count: () => hub.stats().subscribers,
    publish: (data) => void (last = hub.publish('bench', { data })),
    settle: async () => {
      await last
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

/** `res.write` for each event and reader, as in any tutorial for `node:http`. */
async function rawNode(control: Control): Promise<Contender> {
  const readers = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
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
    publish: (data) => {
      for (const response of readers) response.write(`data: ${data}\n\n`)
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
