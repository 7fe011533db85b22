import { setTimeout as wait } from 'node:timers/promises'
import { serve } from '@holdfast/adapters/node'
import { redisBroker } from '@holdfast/adapters/redis'
import { readEventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'
import { createClient } from 'redis'
import { describe, expect, it } from 'vitest'
import { RedisServer } from '../src/brokers/redis-server.ts'
import { launch, workspaceRoot } from '../src/index.ts'
import { requireTool } from '../src/require-tool.ts'
import { fromSource } from '../src/runtimes/commands.ts'

const redis = requireTool('redis-server') ?? ''

/** What a busy machine may add to what is promised, in milliseconds: less than anything that does not end by itself takes. */
const slack = 2_000

/** Ask until the answer is this. Resolves with how long that took, and the longest that one answer took. */
async function until(url: string, status: number): Promise<{ after: number; longest: number }> {
  const began = performance.now()
  for (let longest = 0; performance.now() - began < 15_000;) {
    const asked = performance.now()
    const got = (await fetch(url)).status
    longest = Math.max(longest, performance.now() - asked)
    if (got === status) return { after: performance.now() - began, longest }
    await wait(50)
  }
  throw new Error(`${url} never answered ${status}`)
}

async function serviceOver(server: RedisServer) {
  const broker = redisBroker(createClient({ url: server.url }))
  const hub = createHub({ broker, onError: () => {} })
  const app = createService({ hub, auth: 'none', onError: () => {} })
  const { url, close } = await serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  const dispose = async (): Promise<void> => {
    await close({ hub, within: 100 })
    await broker.close()
  }
  return { hub, url, [Symbol.asyncDispose]: dispose }
}

// A second between two questions to Redis, 0.8 s for the answer, and what a busy machine adds.
const promised = 1_800 + slack

describe.skipIf(!redis)('readyz over a real Redis', () => {
  it.each([
    { what: 'read', topics: ['a'] },
    { what: 'idle', topics: [] },
  ])('is 503 while Redis is gone, and 200 again when it is back, of a hub that is $what', async ({ topics }) => {
    await using server = await RedisServer.start(redis, { durable: true })
    await using service = await serviceOver(server)
    const { hub, url } = service
    const readers = await Promise.all(topics.map((topic) => fetch(`${url}/events?topic=${topic}`)))
    expect((await fetch(`${url}/readyz`)).status).toBe(200)

    await server.kill()
    const lost = await until(`${url}/readyz`, 503)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(hub.stats().broker).toEqual({ state: 'lost', losses: 1, recoveries: 0 })
    expect(
      (await fetch(`${url}/topics/a`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' })).status,
    ).toBe(503)

    await server.restart()
    await until(`${url}/readyz`, 200)
    expect(lost.after).toBeLessThan(promised)
    expect(hub.stats().broker.state).toBe('connected')
    await hub.publish('a', { data: 'after' })
    for (const response of readers) {
      for await (const { data } of readEventStream(response)) {
        expect(data).toBe('after')
        break
      }
    }
  })

  it('is 503 within its deadline when Redis says nothing at all', async () => {
    await using server = await RedisServer.start(redis)
    await using service = await serviceOver(server)
    const { url } = service
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const thaw = server.freeze()
    try {
      const lost = await until(`${url}/readyz`, 503)
      expect(lost.after).toBeLessThan(promised)
      expect(lost.longest).toBeLessThan(800 + slack)
      expect((await fetch(`${url}/livez`)).status).toBe(200)
    } finally {
      thaw()
    }
    await until(`${url}/readyz`, 200)
  })
})

describe('a process that is told to end', () => {
  it('is not ready at once, has no streams after 5 s, and exits', async () => {
    const { command, args, env } = fromSource.node
    await using app = await launch({
      command,
      args: [...args, `${workspaceRoot}apps/node/src/main.ts`],
      env: {
        ...env,
        HOLDFAST_TOKEN: 'a-secret-long-enough',
        HOLDFAST_PUBLIC_TOPICS: 'news',
        PORT: '0',
        HOLDFAST_DATA: 'memory',
      },
    })
    const streams = await Promise.all(Array.from({ length: 40 }, () => fetch(`${app.url}/events?topic=news`)))
    const began = performance.now()
    const since = (): number => performance.now() - began
    app.signal('SIGTERM')
    const ends = streams.map((response) => response.text().then(since, since))
    const { after: notReady } = await until(`${app.url}/readyz`, 503)
    expect((await fetch(`${app.url}/livez`)).status).toBe(200)
    const ended = await Promise.all(ends)
    expect(await app.exited).toBe(0)
    const times = { notReady, first: Math.min(...ended), last: Math.max(...ended), exited: since() }
    expect(times.notReady).toBeLessThan(1_000 + slack)
    expect(times.last).toBeLessThan(5_000 + slack)
    expect(times.exited).toBeLessThan(6_000 + slack)
    // Not all at once: those who come back shall not come together.
    expect(times.last - times.first).toBeGreaterThan(1_000)
  })
})
