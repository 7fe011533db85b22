import { describe, expect, it } from 'vitest'
import { Client } from '../support/client.ts'
import { follow, type HubScene, join, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const accept = 'text/event-stream;holdfast=1'
const own = (): Request => get({ headers: { accept } })

async function settled(promise: Promise<unknown>, scene: HubScene): Promise<boolean> {
  let done = false
  void promise.then(() => (done = true))
  await scene.environment.settle()
  return done
}

describe('drain', () => {
  it('warns everybody, spreads the ends, and resolves when the last has gone', async () => {
    const scene = openHub()
    const clients = await Promise.all(Array.from({ length: 50 }, () => follow(scene, ['a'])))
    const drained = scene.hub.drain({ within: 10_000 })
    await scene.environment.settle()
    for (const client of clients) expect(client.parsed.hints.at(-1)).toEqual({ drain: 10_000 })
    expect(scene.hub.stats().draining).toBe(true)
    await scene.environment.advance(8_100)
    expect(await settled(drained, scene)).toBe(true)
    const ages = scene.closes.map(({ duration }) => duration)
    expect(Math.min(...ages)).toBeLessThan(1_500)
    expect(Math.max(...ages)).toBeGreaterThan(6_500)
    expect(new Set(scene.closes.map(({ reason }) => reason))).toEqual(new Set(['drained']))
    for (const client of clients) {
      expect([client.ended, client.error]).toEqual([true, undefined])
      expect(client.text).not.toContain('end=')
    }
    expect([scene.environment.timers, scene.hub.stats().topics]).toEqual([0, 0])
  })

  it('leaves those that move by themselves until the end', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a'], { request: own() })
    const drained = scene.hub.drain({ within: 5_000 })
    await scene.environment.advance(4_900)
    expect([scene.closes, client.ended]).toEqual([[], false])
    await scene.environment.advance(200)
    expect(await settled(drained, scene)).toBe(true)
    expect([scene.closes.length, client.ended, scene.environment.timers]).toEqual([1, true, 0])
  })

  it('resolves at its time even when clients do not read, and cuts those', async () => {
    const scene = openHub({ stream: { stallTimeout: 0 } })
    const client = await join(scene, ['a'])
    const drained = scene.hub.drain({ within: 3_000 })
    await scene.environment.advance(2_900)
    expect(await settled(drained, scene)).toBe(false)
    await scene.environment.advance(200)
    expect(await settled(drained, scene)).toBe(true)
    await client.read()
    expect(client.error).toMatchObject({ reason: 'drained' })
    expect(scene.environment.timers).toBe(0)
  })

  it('leaves no timer when everybody leaves by himself before', async () => {
    const scene = openHub()
    const clients = [await follow(scene, ['a']), await follow(scene, ['a'], { request: own() })]
    const drained = scene.hub.drain({ within: 60_000 })
    for (const client of clients) await client.cancel()
    expect(await settled(drained, scene)).toBe(true)
    expect(scene.environment.timers).toBe(0)
  })

  it.each([0, 10_000])('of nobody within %i ms resolves at once', async (within) => {
    const scene = openHub()
    expect(await settled(scene.hub.drain({ within }), scene)).toBe(true)
    expect(scene.environment.timers).toBe(0)
  })

  it('within 0 ms ends everybody at once', async () => {
    const scene = openHub()
    const [fast, slow] = [await follow(scene, ['a']), await join(scene, ['a'])]
    const drained = scene.hub.drain({ within: 0 })
    await scene.environment.advance(50)
    expect(await settled(drained, scene)).toBe(true)
    expect([fast.ended, slow.ended, scene.environment.timers]).toEqual([true, false, 0])
  })

  it('may be asked for twice, and closed on top', async () => {
    const scene = openHub()
    await follow(scene, ['a'])
    const all = Promise.all([scene.hub.drain(), scene.hub.drain({ within: 100_000 }), scene.hub.close()])
    await scene.environment.advance(1_000)
    expect(await settled(all, scene)).toBe(true)
    expect([scene.closes.length, scene.environment.timers]).toEqual([1, 0])
  })

  it('delivers what is published meanwhile to those still there', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a'], { request: own() })
    void scene.hub.drain({ within: 1_000 })
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.advance(1_100)
    expect(client.data).toEqual(['1'])
  })
})

describe('a client that comes while the hub drains', () => {
  it('gets 503 and a jittered Retry-After if it understands that', async () => {
    const scene = openHub()
    await scene.hub.drain()
    const delays: number[] = []
    for (const header of [accept, 'text/event-stream; holdfast=1', 'text/html, text/event-stream;holdfast=1, */*']) {
      for (let count = 0; count < 30; count++) {
        const response = await scene.hub.respond(get({ headers: { accept: header } }), { topics: ['a'] })
        expect(response.status).toBe(503)
        expect(await response.json()).toMatchObject({ status: 503, code: 'draining' })
        delays.push(Number(response.headers.get('retry-after')))
      }
    }
    expect(delays.every((delay) => Number.isInteger(delay) && delay >= 5 && delay <= 15)).toBe(true)
    expect(new Set(delays).size).toBeGreaterThan(5)
  })

  it.each(['text/event-stream', '*/*', 'text/event-stream;holdfast=10', 'text/event-stream;xholdfast=1', ''])(
    'gets a stream that ends, and 5 to 15 s, if it sends Accept: %o',
    async (header) => {
      const scene = openHub()
      await scene.hub.drain()
      const response = await scene.hub.respond(get({ headers: { accept: header } }), { topics: ['a'] })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
      const client = new Client(response).follow()
      await scene.environment.settle()
      expect(client.parsed).toMatchObject({ events: [], hints: [] })
      expect(client.parsed.retry).toBeGreaterThanOrEqual(5_000)
      expect(client.parsed.retry).toBeLessThanOrEqual(15_000)
      expect([client.ended, scene.opens, scene.environment.timers]).toEqual([true, [], 0])
    },
  )

  it('gets no body for HEAD', async () => {
    const scene = openHub()
    await scene.hub.drain()
    const native = await scene.hub.respond(get({ method: 'HEAD' }), { topics: ['a'] })
    expect([native.status, native.body]).toEqual([200, null])
    const other = await scene.hub.respond(get({ method: 'HEAD', headers: { accept } }), { topics: ['a'] })
    expect([other.status, other.body]).toEqual([503, null])
  })

  it('is turned away also when it came just before', async () => {
    const scene = openHub()
    const pending = scene.hub.respond(own(), { topics: ['a'] })
    void scene.hub.drain()
    expect((await pending).status).toBe(503)
    await scene.environment.settle()
    expect([scene.hub.stats().topics, scene.opens, scene.environment.timers]).toEqual([0, [], 0])
  })
})
