import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { timing } from 'hono/timing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { serve as honoServe } from '@hono/node-server'
import { type FetchHandler, type NodeEnv, toNodeHandler, wrapFetch } from '../src/node/index.ts'
import { RawClient } from './support/raw-client.ts'
import { Streams } from './support/streams.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await vi.waitFor(() => expect(server?.listening).toBe(true))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A handler that tells whether the sink took the response over: it then reads as an empty one. */
function watched(fetch: FetchHandler<NodeEnv>, direct: boolean[]): FetchHandler<NodeEnv> {
  const wrapped = wrapFetch(fetch)
  return async (request, env) => {
    const response = await wrapped(request, env)
    direct.push(response.body === null)
    return response
  }
}

async function honoApp(app: Hono): Promise<{ url: string; direct: boolean[] }> {
  const direct: boolean[] = []
  const running = honoServe({ fetch: watched(app.fetch, direct), port: 0, hostname: '127.0.0.1' }) as Server
  server = running
  await vi.waitFor(() => expect(running.listening).toBe(true))
  return { url: `http://127.0.0.1:${(running.address() as AddressInfo).port}`, direct }
}

test('node:http takes a handler', async () => {
  const streams = new Streams()
  const url = await listen(toNodeHandler((request) => streams.respond(request)))
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  await streams.last.send('one')
  await client.until('data: one\n\n')
})

test('Express takes a handler, and what was set on its response stays', async () => {
  const streams = new Streams()
  const handler = toNodeHandler((request) => streams.respond(request))
  const url = await listen((req, res) => {
    res.setHeader('X-Powered-By', 'Express')
    handler(req, res)
  })
  const head = await new RawClient(url).get('/').until('retry: ')
  expect(head).toMatch(/\r\nx-powered-by: Express\r\n/i)
  expect(head).toMatch(/\r\ncontent-type: text\/event-stream\r\n/)
})

test('middleware that replaces write sees every byte', async () => {
  const streams = new Streams()
  const handler = toNodeHandler((request) => streams.respond(request))
  let seen = ''
  const url = await listen((req, res) => {
    const write = res.write.bind(res) as (chunk: Uint8Array) => boolean
    res.write = ((chunk: Uint8Array) => ((seen += Buffer.from(chunk).toString()), write(chunk))) as typeof res.write
    handler(req, res)
  })
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  await streams.last.send('one')
  await client.until('data: one\n\n')
  expect(seen).toContain('data: one\n\n')
})

test('a stack of middleware leaves the sink in place', async () => {
  const streams = new Streams()
  const app = new Hono()
  app.use(cors(), secureHeaders(), timing())
  app.use(async (c, next) => {
    await next()
    c.header('x-after', 'yes')
  })
  app.get('/', (c) => streams.respond(c.req.raw))
  const { url, direct } = await honoApp(app)
  const client = new RawClient(url).get('/', '1.1', 'host: localhost\r\norigin: http://a.example\r\n')
  const head = await client.until('retry: ')
  expect(head).toMatch(/\r\naccess-control-allow-origin: \*\r\n/)
  expect(head).toMatch(/\r\nx-content-type-options: nosniff\r\n/)
  expect(head).toMatch(/\r\nserver-timing: /)
  expect(head).toMatch(/\r\nx-after: yes\r\n/)
  await streams.last.send('one')
  await client.until('data: one\n\n')
  expect(direct).toEqual([true])
})

test('a cloned response is served through its web stream', async () => {
  const streams = new Streams()
  const app = new Hono()
  app.get('/', (c) => streams.respond(c.req.raw).clone())
  const { url, direct } = await honoApp(app)
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  await streams.last.send('one')
  await client.until('data: one\n\n')
  expect(direct).toEqual([false])
})

test('a handler that throws answers 500, one that rejects too', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const url = await listen(
    toNodeHandler((request) => {
      if (request.url.endsWith('/sync')) throw new Error('sync')
      return Promise.reject(new Error('async'))
    }),
  )
  expect((await fetch(`${url}/sync`)).status).toBe(500)
  expect((await fetch(`${url}/async`)).status).toBe(500)
  vi.restoreAllMocks()
})

/** What a body parser of Express does. */
async function parse(req: IncomingMessage & { body?: unknown }, how: (text: string) => unknown): Promise<void> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  req.body = how(text)
}

const echo = toNodeHandler(async (request) =>
  Response.json([request.headers.get('content-type'), request.headers.get('content-length'), await request.text()]),
)

test.each<[string, string, string, (text: string) => unknown, string]>([
  ['JSON', 'application/json', '{ "data": [1, "ü"] }', (text) => JSON.parse(text) as unknown, '{"data":[1,"ü"]}'],
  ['text', 'text/plain', 'hello', (text) => text, 'hello'],
  ['bytes', 'application/octet-stream', 'hello', (text) => Buffer.from(text), 'hello'],
  ['a form', 'application/x-www-form-urlencoded', 'a=1&b=x+y', () => ({ a: '1', b: 'x y' }), 'a=1&b=x+y'],
])('a body that a parser has made into %s is there', async (_, type, sent, how, expected) => {
  const url = await listen((req, res) => {
    // Which Node makes once, of the raw ones.
    expect(req.headers['content-type']).toBe(type)
    void parse(req, how).then(() => echo(req, res))
  })
  const response = await fetch(url, { method: 'POST', body: sent, headers: { 'content-type': type } })
  expect(await response.json()).toEqual([type, null, expected])
})

test('a body that no parser has read is read as it comes', async () => {
  const url = await listen((req, res) => {
    Object.assign(req, { body: {} })
    echo(req, res)
  })
  const body = 'x'.repeat(300_000)
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
  expect(await response.json()).toEqual(['text/plain', '300000', body])
})

describe('as a middleware', () => {
  const handler = toNodeHandler(async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/mine') return new Response('mine')
    if (pathname === '/read') await request.text()
    return new Response('nothing here', { status: 404, headers: { 'x-mine': '1' } })
  })
  const app: RequestListener = (req, res) => handler(req, res, () => void rest(req, res))
  async function rest(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let length = 0
    for await (const chunk of req) length += (chunk as Buffer).length
    res.setHeader('x-theirs', '1').end(`theirs, after ${length}`)
  }

  test('it answers what is its own, and passes the rest on, its body untouched', async () => {
    const url = await listen(app)
    expect(await (await fetch(`${url}/mine`)).text()).toBe('mine')
    for (const init of [{}, { method: 'POST', body: 'x'.repeat(500_000) }]) {
      const response = await fetch(`${url}/other`, init)
      expect([response.status, response.headers.get('x-mine'), response.headers.get('x-theirs')]).toEqual([
        200,
        null,
        '1',
      ])
      expect(await response.text()).toBe(`theirs, after ${init.body?.length ?? 0}`)
    }
  })

  test('it answers 404 itself where it has read the body', async () => {
    const url = await listen(app)
    const response = await fetch(`${url}/read`, { method: 'POST', body: 'x' })
    expect([response.status, await response.text()]).toEqual([404, 'nothing here'])
  })

  test('it answers 404 itself where nobody follows', async () => {
    const url = await listen(handler)
    expect((await fetch(`${url}/other`)).status).toBe(404)
  })
})
