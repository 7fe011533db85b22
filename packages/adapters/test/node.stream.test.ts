import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { type NodeEnv, type RunningServer, serve, wrapFetch } from '../src/node/index.ts'
import { RawClient } from './support/raw-client.ts'
import { fill, Streams } from './support/streams.ts'

let server: RunningServer | undefined
afterEach(() => server?.close({ within: 1 }))

async function start(fetch: (request: Request, env: NodeEnv) => Response | Promise<Response>): Promise<string> {
  server = await serve({ fetch, port: 0, hostname: '127.0.0.1' })
  return server.url
}

test('the head and the first bytes leave at once, each chunk is framed, and the end keeps the connection', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/')
  const head = await client.until('retry: 1000')
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(head).toMatch(/\r\ncontent-type: text\/event-stream\r\n/)
  expect(head).toMatch(/\r\nDate: /)
  expect(head).toMatch(/\r\nTransfer-Encoding: chunked\r\n/)
  await streams.last.send({ data: 'one' })
  await client.until('\r\nb\r\ndata: one\n\n\r\n')
  streams.last.close()
  await client.until('\r\n0\r\n\r\n')
  client.get('/')
  await vi.waitFor(() => expect(client.received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2))
  expect(streams.open).toHaveLength(2)
  expect(streams.closed.map((close) => close.reason)).toEqual(['ended'])
})

test('listeners on a kept connection do not add up', async () => {
  const streams = new Streams()
  const sockets = new Set<NodeEnv['incoming']['socket']>()
  const url = await start((request, { incoming }) => (sockets.add(incoming.socket), streams.respond(request)))
  const client = new RawClient(url)
  const counts: number[] = []
  for (let turn = 1; turn <= 12; turn++) {
    client.get('/')
    await vi.waitFor(() => expect(streams.open).toHaveLength(turn))
    streams.last.close()
    await vi.waitFor(() => expect(client.received.split('\r\n0\r\n\r\n')).toHaveLength(turn + 1))
    const [socket] = sockets
    counts.push(
      socket?.listenerCount('close') ?? 0,
      socket?.listenerCount('end') ?? 0,
      socket?.listenerCount('drain') ?? 0,
    )
  }
  expect(sockets.size).toBe(1)
  expect(counts.slice(-3)).toEqual(counts.slice(0, 3))
})

test('status, headers and several cookies survive', async () => {
  const streams = new Streams()
  const headers = new Headers({ 'x-one': '1' })
  headers.append('set-cookie', 'a=1; Path=/')
  headers.append('set-cookie', 'b=2, 3')
  const url = await start((request) => streams.respond(request, { status: 203, headers }))
  const head = await new RawClient(url).get('/').until('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 203 /)
  expect(head).toContain('\r\nx-one: 1\r\n')
  expect(head).toContain('\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=2, 3\r\n')
})

test.each([
  ['FIN', (client: RawClient) => client.socket.end()],
  ['RST', (client: RawClient) => client.socket.resetAndDestroy()],
])('a %s is told to the core', async (_name, leave) => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  leave(client)
  await vi.waitFor(() => expect(streams.closed.map((close) => close.reason)).toEqual(['client-closed']), {
    timeout: 5_000,
    interval: 2,
  })
  await client.closed
})

test('a client that stalls is reset', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request, { stallTimeout: 300 }))
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  client.socket.pause()
  await fill(streams.last)
  await vi.waitFor(() => expect(streams.closed[0]?.reason).toBe('stalled'), { timeout: 10_000 })
  expect(await client.brokenBy()).toBe('ECONNRESET')
})

test('a client that stalls and then sends FIN is reset at once', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request, { stallTimeout: 60_000 }))
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  client.socket.pause()
  await fill(streams.last)
  client.socket.end()
  await vi.waitFor(() => expect(streams.closed[0]?.reason).toBe('client-closed'), { timeout: 10_000, interval: 5 })
  expect(await client.brokenBy()).toBe('ECONNRESET')
})

test('a slow client gets every byte', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/')
  await client.until('retry: ')
  client.socket.pause()
  await fill(streams.last)
  client.socket.resume()
  await streams.last.send({ data: 'after' })
  await client.until('data: after\n\n')
  streams.last.close()
  await client.until('\r\n0\r\n\r\n')
  expect(streams.closed[0]?.reason).toBe('ended')
})

test('a second request on the connection waits for its turn, and gets all of its stream', async () => {
  const streams = new Streams()
  const url = await start((request) =>
    streams.respond(request, { headers: { 'x-path': new URL(request.url).pathname } }),
  )
  const client = new RawClient(url).get('/first').get('/second')
  await vi.waitFor(() => expect(streams.open).toHaveLength(2))
  const [first, second] = streams.open
  await client.until('retry: ')
  void second?.send({ data: 'early' })
  await first?.send({ data: 'mine' })
  await client.until('data: mine')
  expect(client.received).not.toContain('/second')
  first?.close()
  await client.until('x-path: /second')
  await client.until('data: early')
  await second?.send({ data: 'late' })
  await client.until('data: late\n\n\r\n')
  second?.close()
  await vi.waitFor(() => expect(client.received.endsWith('\r\n0\r\n\r\n')).toBe(true))
})

test('a connection that closes takes the waiting streams along', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/first').get('/second')
  await vi.waitFor(() => expect(streams.open).toHaveLength(2))
  client.socket.resetAndDestroy()
  await vi.waitFor(
    () => expect(streams.closed.map((close) => close.reason)).toEqual(['client-closed', 'client-closed']),
    { timeout: 5_000 },
  )
})

test('an HTTP/1.0 client gets the stream without chunks', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/', '1.0', '')
  await client.until('retry: ')
  await streams.last.send({ data: 'plain' })
  streams.last.close()
  await client.closed
  expect(client.received).not.toMatch(/transfer-encoding/i)
  expect(client.received).toMatch(/\n\ndata: plain\n\n/)
})

test('HEAD gets the headers alone', async () => {
  const streams = new Streams()
  const url = await start((request) => streams.respond(request))
  const response = await fetch(url, { method: 'HEAD' })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(await response.text()).toBe('')
  expect(streams.open).toHaveLength(0)
})

test('a header that HTTP cannot carry closes the stream and answers 500', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const streams = new Streams()
  const url = await start((request) => streams.respond(request, { headers: { 'x-bad': 'a\u0001b' } }))
  expect((await fetch(url)).status).toBe(500)
  expect(streams.closed.map((close) => close.reason)).toEqual(['client-closed'])
  vi.restoreAllMocks()
})

test('a stream that ended before it could be sent is sent whole', async () => {
  const streams = new Streams()
  const url = await start(async (request) => {
    const response = streams.respond(request)
    void streams.last.send({ data: 'only' })
    streams.last.close()
    for (let turn = 0; turn < 10; turn++) await nextTurn()
    return response
  })
  expect(await (await fetch(url)).text()).toContain('data: only\n\n')
})

test('other responses pass through wrapFetch untouched', async () => {
  const answer = new Response('hello')
  const handler = wrapFetch(() => answer)
  expect(handler(new Request('http://localhost/'), {} as NodeEnv)).toBe(answer)
})
