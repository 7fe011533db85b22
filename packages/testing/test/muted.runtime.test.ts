import { setTimeout as wait } from 'node:timers/promises'
import { connect, EventSource, type Status } from '@holdfast/core/client'
import { afterAll, describe, expect, it } from 'vitest'
import { examplesOf } from '../src/document-examples.ts'
import { requireTool } from '../src/index.ts'
import { CollectingProxy } from '../src/proxies/collecting.ts'
import { type Origin, startOrigin, topic } from '../src/proxies/origin.ts'
import { startNginx } from '../src/proxies/start.ts'

const nginx = requireTool('nginx')
const [, ignoring = ''] = await examplesOf('proxies.md', 'nginx')
// The same, and it keeps what it was told not to. Its buffers hold all events: one that is full is passed on.
const caching = `proxy_cache_path cache keys_zone=kept:1m;
server {
  listen 8080;
  location / {
    proxy_pass http://127.0.0.1:3000;
    proxy_buffering on;
    proxy_buffer_size 64k;
    proxy_buffers 8 64k;
    proxy_busy_buffers_size 64k;
    proxy_ignore_headers X-Accel-Buffering Cache-Control Expires;
    proxy_cache kept;
    proxy_cache_valid 200 204 1h;
    proxy_cache_key $uri$is_args$args;
  }
}`

interface Muting {
  name: string
  keeps?: boolean
  start(origin: Origin): Promise<AsyncDisposable & { port: number }>
}

const mutings: Muting[] = [
  { name: 'a proxy that holds every answer until it ends', start: ({ port }) => CollectingProxy.start(port) },
  ...(nginx
    ? [
        { name: 'an nginx that ignores X-Accel-Buffering', start: nginxWith(ignoring) },
        { name: 'an nginx that buffers and caches', keeps: true, start: nginxWith(caching) },
      ]
    : []),
]

function nginxWith(block: string): Muting['start'] {
  return ({ port }) => startNginx({ path: nginx as string, block, origin: port })
}

const count = 120
const rows: string[] = []
afterAll(() => console.log(rows.join('\n')))

/** Publish numbered events, one in 50 ms, with a pause in the middle. */
async function publish({ hub }: Origin): Promise<void> {
  for (let n = 0; n < count; n++) {
    await hub.publish(topic, { data: { n, at: Date.now() } })
    await wait(n === count / 2 ? 3_000 : 50)
  }
}

function numbers(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, n) => n)
}

describe.concurrent.each(mutings)('behind $name', ({ name, keeps = false, start }) => {
  it('connect() gets every event once and in order, by polling', async () => {
    await using origin = await startOrigin({ heartbeat: 10_000 })
    await using proxy = await start(origin)
    const begun = Date.now()
    const statuses: Status[] = []
    const connection = connect(`http://127.0.0.1:${proxy.port}/events?topic=${topic}`, { lastEventId: 'earliest' })
    connection.onStatus((status) => statuses.push(status))
    const published = publish(origin).then(() => origin.hub.end(topic))
    const got: number[] = []
    const late: number[] = []
    let first = 0
    for await (const event of connection) {
      const { n, at } = event.json<{ n: number; at: number }>()
      first ||= Date.now() - begun
      if (at > begun + first) late.push(Date.now() - at)
      got.push(n)
    }
    await published
    expect(got).toEqual(numbers(count))
    expect(statuses.map(({ state }) => state)).toContain('polling')
    expect(connection.status).toMatchObject({ state: 'closed', reason: 'done' })
    late.sort((a, b) => a - b)
    rows.push(`${name}: first event after ${first} ms, then ${late[late.length >> 1]}/${late.at(-1)} ms late (p50/max)`)
  })

  // Its URL is the same each time: a cache that keeps what it was told not to gives it the first answer for ever.
  if (keeps) return
  it('an EventSource gets them with mode=poll in its URL, by coming back', async () => {
    await using origin = await startOrigin({ heartbeat: 10_000 })
    await using proxy = await start(origin)
    const url = `http://127.0.0.1:${proxy.port}/events?topic=${topic}&mode=poll&wait=2000&lastEventId=earliest`
    const source = new EventSource(url)
    const got: number[] = []
    const all = new Promise<void>((resolve) => {
      source.onmessage = ({ data }) => {
        got.push((JSON.parse(data) as { n: number }).n)
        if (got.length === count) resolve()
      }
    })
    await publish(origin)
    await all
    expect(got).toEqual(numbers(count))
    source.close()
  })
})

it('goes back to a stream once one comes through, within a minute or so', { timeout: 100_000 }, async () => {
  await using origin = await startOrigin({ heartbeat: 10_000 })
  await using proxy = await CollectingProxy.start(origin.port)
  const connection = connect(`http://127.0.0.1:${proxy.port}/events?topic=${topic}`)
  const states: string[] = []
  const got: number[] = []
  connection.on('message', (event) => got.push(event.json<number>()))
  const streaming = new Promise<void>((resolve) =>
    connection.onStatus(({ state }) => {
      states.push(state)
      if (state === 'polling') proxy.passes = true
      if (state === 'open' && proxy.passes) resolve()
    }),
  )
  let n = 0
  const timer = setInterval(() => void (states.includes('polling') && origin.hub.publish(topic, { data: n++ })), 100)
  await streaming
  await wait(1_000)
  clearInterval(timer)
  await expect.poll(() => got.length, { timeout: 10_000 }).toBe(n)
  expect(got).toEqual(numbers(n))
  expect(connection.status.state).toBe('open')
  connection.close()
})

it('is not fooled by a server that takes 4 s to its first byte, and by one that is quiet', async () => {
  const { createServer } = await import('node:http')
  const asked: string[] = []
  const slow = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    if (request.url?.startsWith('/slow')) setTimeout(() => response.write('id: 1\ndata: first\n\n'), 4_000)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => slow.once('listening', resolve))
  const { port } = slow.address() as { port: number }
  for (const path of ['slow', 'quiet']) {
    const connection = connect(`http://127.0.0.1:${port}/${path}`)
    const states: string[] = []
    connection.onStatus(({ state }) => states.push(state))
    await wait(6_000)
    expect(states).not.toContain('polling')
    expect(connection.status.state).toBe('open')
    connection.close()
  }
  expect(asked.map((url) => new URL(url, 'http://x').searchParams.get('mode'))).toEqual([null, 'poll', null, 'poll'])
  slow.closeAllConnections()
  await new Promise((resolve) => slow.close(resolve))
})
