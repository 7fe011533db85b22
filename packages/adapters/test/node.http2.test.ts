import { connect as connectHttp2, type ClientHttp2Stream } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type NodeEnv, type RunningServer, serve } from '../src/node/index.ts'
import { makeCertificate } from './support/certificate.ts'
import { RawClient } from './support/raw-client.ts'
import { fill, Streams } from './support/streams.ts'

let tls: { key: string; cert: string }
let streams: Streams
let server: RunningServer
let handler: (request: Request, env: NodeEnv) => Response

beforeAll(() => void (tls = makeCertificate()))
beforeEach(async () => {
  streams = new Streams()
  handler = (request) => streams.respond(request)
  server = await serve({ fetch: (request, env) => handler(request, env), port: 0, hostname: 'localhost', tls })
})
afterEach(() => server.close({ within: 1 }))

/** Close while time stands still, so that no deadline can be what ends it. */
async function closeAtOnce(): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  await server.close().finally(() => vi.useRealTimers())
}

function open(): { session: ReturnType<typeof connectHttp2>; get(path?: string): Received } {
  const session = connectHttp2(server.url, { rejectUnauthorized: false }).on('error', () => {})
  return { session, get: (path = '/') => new Received(session.request({ ':path': path })) }
}

class Received {
  text = ''
  headers: Record<string, unknown> = {}
  ended = false
  readonly stream: ClientHttp2Stream

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    stream.on('response', (headers) => void (this.headers = headers))
    stream.on('data', (bytes: Buffer) => void (this.text += bytes.toString()))
    stream.on('end', () => void (this.ended = true)).on('error', () => {})
  }

  async until(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.text).toContain(text), { interval: 5 })
  }
}

test('HTTP/2 carries a stream to its end', async () => {
  const { session, get } = open()
  const client = get()
  await client.until('retry: 1000')
  expect(client.headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
  await streams.last.send({ data: 'one' })
  await client.until('data: one\n\n')
  streams.last.close()
  await vi.waitFor(() => expect(client.ended).toBe(true))
  expect(streams.closed.map((close) => close.reason)).toEqual(['ended'])
  session.destroy()
})

test('headers that belong to an HTTP/1 connection are left out', async () => {
  handler = (request) => {
    const response = streams.respond(request)
    const headers = new Headers(response.headers)
    headers.set('transfer-encoding', 'chunked')
    headers.set('connection', 'keep-alive')
    return new Response(response.body, { headers })
  }
  const { session, get } = open()
  const client = get()
  await client.until('retry: ')
  expect(client.headers).not.toHaveProperty('transfer-encoding')
  session.destroy()
})

test('a client that cancels its stream, or leaves, is told to the core', async () => {
  const { session, get } = open()
  const [first, second] = [get(), get()]
  await first.until('retry: ')
  await second.until('retry: ')
  first.stream.close(8)
  await vi.waitFor(() => expect(streams.closed).toHaveLength(1), { timeout: 5_000, interval: 2 })
  session.destroy()
  await vi.waitFor(() => expect(streams.closed).toHaveLength(2), { timeout: 5_000, interval: 2 })
  expect(streams.closed.map((close) => close.reason)).toEqual(['client-closed', 'client-closed'])
})

test('a stream that stalls is cut, the others of its session go on', async () => {
  handler = (request) => streams.respond(request, { stallTimeout: 300 })
  const { session, get } = open()
  const healthy = get()
  await healthy.until('retry: ')
  const stalled = get()
  await stalled.until('retry: ')
  stalled.stream.pause()
  const [first] = streams.open
  await fill(streams.last)
  await vi.waitFor(() => expect(streams.closed[0]?.reason).toBe('stalled'), { timeout: 10_000 })
  stalled.stream.resume()
  await vi.waitFor(() => expect(stalled.stream.rstCode).toBe(8))
  await first?.send({ data: 'still here' })
  await healthy.until('data: still here')
  session.destroy()
})

test('close ends the streams and the session', async () => {
  const { session, get } = open()
  const client = get()
  await client.until('retry: ')
  await closeAtOnce()
  expect(client.ended).toBe(true)
  expect(session.closed).toBe(true)
})

function openHttp1(): RawClient {
  const { hostname, port } = new URL(server.url)
  return new RawClient(
    server.url,
    connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
  )
}

test('HTTP/1.1 is there for those who lack HTTP/2', async () => {
  const client = openHttp1().get('/')
  await client.until('retry: 1000')
  await streams.last.send({ data: 'one' })
  await client.until('\r\nb\r\ndata: one\n\n\r\n')
  streams.last.close()
  await client.until('\r\n0\r\n\r\n')
  await closeAtOnce()
})

test('over TLS too a client that stalls is reset', async () => {
  handler = (request) => streams.respond(request, { stallTimeout: 300 })
  const client = openHttp1().get('/')
  await client.until('retry: ')
  client.socket.pause()
  await fill(streams.last)
  await vi.waitFor(() => expect(streams.closed[0]?.reason).toBe('stalled'), { timeout: 10_000 })
  expect(await client.brokenBy()).toBe('ECONNRESET')
})
