import { createHub } from '@holdfast/core/hub'
import { afterEach, expect, test } from 'vitest'
import { type NodeEnv, type RunningServer, serve } from '../src/node/index.ts'
import { RawClient } from './support/raw-client.ts'
import { Streams } from './support/streams.ts'

/** What is handed to the kernel: each `_write` or `_writev` of a socket is one call of it. */

let server: RunningServer | undefined
afterEach(() => server?.close({ within: 1 }))

/** Serve, and note each call: how many pieces it takes at once. */
async function start(fetch: (request: Request) => Response | Promise<Response>): Promise<{
  url: string
  calls: number[]
}> {
  const calls: number[] = []
  const watched = (request: Request, { incoming }: NodeEnv): Response | Promise<Response> => {
    watch(incoming.socket, calls)
    return fetch(request)
  }
  server = await serve({ fetch: watched, port: 0, hostname: '127.0.0.1' })
  return { url: server.url, calls }
}

function watch(socket: NodeEnv['incoming']['socket'], calls: number[]): void {
  const { _write: write, _writev: writev } = socket
  socket._write = (...args) => {
    calls.push(1)
    write.apply(socket, args)
  }
  socket._writev = (chunks, callback) => {
    calls.push(chunks.length)
    writev?.call(socket, chunks, callback)
  }
}

test('the head and the opening of a stream are one call, and each chunk is one', async () => {
  const streams = new Streams()
  const { url, calls } = await start((request) => streams.respond(request))
  const client = new RawClient(url).get('/')
  await client.until('retry: 1000')
  expect(calls).toEqual([2])
  await streams.last.send({ data: 'one' })
  await client.until('data: one')
  await streams.last.send({ data: 'two' })
  await client.until('data: two')
  expect(calls).toEqual([2, 1, 1])
})

test('what a client has missed goes with them, where it is in memory', async () => {
  const hub = createHub()
  try {
    const { id } = await hub.publish('news', { data: 'first' })
    for (let index = 1; index <= 20; index++) await hub.publish('news', { data: `missed ${index}` })
    const { url, calls } = await start((request) => hub.respond(request, { topics: ['news'] }))
    const client = new RawClient(url).get('/', '1.1', `host: localhost\r\nlast-event-id: ${id}\r\n`)
    await client.until('data: missed 20')
    expect(calls).toHaveLength(1)
  } finally {
    await hub.close()
  }
})
