import { createServer } from 'node:net'
import { Agent, get } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ListenFailedError, serve } from '../src/node/index.ts'
import { RawClient } from './support/raw-client.ts'
import { Streams } from './support/streams.ts'

const hostname = '127.0.0.1'

// Time stands still unless a test moves it: a close that returns has waited for no deadline.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('close returns at once where nothing is open, and only once', async () => {
  const server = await serve({ fetch: () => new Response('hello'), port: 0, hostname })
  expect(await (await fetch(server.url)).text()).toBe('hello')
  const closing = server.close()
  expect(server.close()).toBe(closing)
  await closing
  await expect(fetch(server.url)).rejects.toThrow()
})

test('connections kept alive, or opened in advance, do not hold it up', async () => {
  const server = await serve({ fetch: () => new Response('hello'), port: 0, hostname })
  const agent = new Agent({ keepAlive: true })
  await new Promise((resolve) => get(server.url, { agent }, (response) => response.resume().on('end', resolve)))
  const early = new RawClient(server.url)
  await new Promise((resolve) => early.socket.once('connect', resolve))
  await server.close()
  await early.closed
  agent.destroy()
})

test('open streams end cleanly', async () => {
  const streams = new Streams()
  const server = await serve({ fetch: (request) => streams.respond(request), port: 0, hostname })
  const client = new RawClient(server.url).get('/')
  await client.until('retry: ')
  await server.close()
  await client.closed
  expect(client.received.endsWith('\r\n0\r\n\r\n')).toBe(true)
  expect(streams.closed).toHaveLength(1)
})

test('the hub is drained, then closed, and the server last', async () => {
  const steps: string[] = []
  const server = await serve({ fetch: () => new Response('hello'), port: 0, hostname })
  const hub = {
    drain: async (options?: { within?: number | undefined }) => {
      steps.push(`drain ${options?.within}`)
      steps.push(`still serving: ${await (await fetch(server.url)).text()}`)
    },
    close: async () => void steps.push('close'),
  }
  await server.close({ hub, within: 2000 })
  expect(steps).toEqual(['drain 2000', 'still serving: hello', 'close'])
})

test('a hub that fails or hangs does not keep the server open', async () => {
  const fetch = () => new Response('hello')
  const first = await serve({ fetch, port: 0, hostname })
  const failing = { drain: () => Promise.reject(new Error('no')), close: async () => {} }
  await expect(first.close({ hub: failing })).rejects.toThrow('no')
  await expect(globalThis.fetch(first.url)).rejects.toThrow()
  const second = await serve({ fetch, port: 0, hostname })
  const hanging = { drain: () => new Promise<void>(() => {}), close: async () => {} }
  const closing = second.close({ hub: hanging, within: 100 })
  await vi.advanceTimersByTimeAsync(100)
  await closing
})

test('what hangs is cut after within', async () => {
  const asked = Promise.withResolvers<void>()
  const fetch = () => new Promise<Response>(() => asked.resolve())
  const server = await serve({ fetch, port: 0, hostname })
  const client = new RawClient(server.url).get('/')
  await asked.promise
  let isClosed = false
  const closing = server.close({ within: 200 }).then(() => (isClosed = true))
  await vi.advanceTimersByTimeAsync(199)
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  expect({ isClosed, isOpen: !client.socket.readableEnded }).toEqual({ isClosed: false, isOpen: true })
  await vi.advanceTimersByTimeAsync(1)
  await closing
  await client.closed
})

test('a response in progress is finished first', async () => {
  const asked = Promise.withResolvers<void>()
  const response = Promise.withResolvers<Response>()
  const server = await serve({ fetch: () => (asked.resolve(), response.promise), port: 0, hostname })
  const answer = fetch(server.url)
  await asked.promise
  const closing = server.close()
  response.resolve(new Response('done'))
  expect(await (await answer).text()).toBe('done')
  await closing
})

test('a port that is taken is told apart', async () => {
  const holder = createServer().listen(0, hostname)
  await vi.waitFor(() => expect(holder.listening).toBe(true))
  const { port } = holder.address() as { port: number }
  const error: unknown = await serve({ fetch: () => new Response(), port, hostname }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ListenFailedError)
  expect(error).toMatchObject({
    code: 'listen-failed',
    message: `Cannot listen on "${hostname}:${port}": the port is taken, choose another, or 0 for a free one`,
    cause: { code: 'EADDRINUSE' },
  })
  holder.close()
})

test('a key that is none is told as a failure to listen', async () => {
  const tls = { key: 'no key', cert: 'no certificate' }
  await expect(serve({ fetch: () => new Response(), port: 0, tls })).rejects.toMatchObject({ code: 'listen-failed' })
})

test('every interface is localhost in the url', async () => {
  const server = await serve({ fetch: () => new Response('hello'), port: 0 })
  expect(server.url).toMatch(/^http:\/\/localhost:[1-9]\d*$/)
  expect(await (await fetch(server.url)).text()).toBe('hello')
  await server.close()
})
