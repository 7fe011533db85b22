import { describe, expect, it } from 'vitest'
import { refusedOptions } from '../response/options.ts'
import { follow, join, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

describe('respond', () => {
  it('answers as an event stream, with a heartbeat of 10 s', async () => {
    const scene = openHub({ stream: { headers: { 'x-own': '1' }, retry: 7 } })
    const response = await scene.hub.respond(get(), { topics: ['a'] })
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-own')]).toEqual([
      200,
      'text/event-stream',
      '1',
    ])
    await response.body?.cancel()
    const client = await follow(scene, ['a'], { stream: { heartbeat: 1_000 } })
    expect(client.parsed).toMatchObject({ retry: 7, hints: [{ heartbeat: 1_000 }] })
    expect((await follow(scene, ['a'])).parsed.hints[0]?.heartbeat).toBe(7_000)
  })

  it('answers HEAD without subscribing', async () => {
    const { hub, environment, opens } = openHub()
    const response = await hub.respond(get({ method: 'HEAD' }), { topics: ['a'] })
    expect([response.status, response.body, response.headers.get('content-type')]).toEqual([
      200,
      null,
      'text/event-stream',
    ])
    expect([hub.stats().topics, environment.timers, opens]).toEqual([0, 0, []])
  })

  it.each(refusedOptions)('refuses $name and leaves nothing behind', async ({ options, error }) => {
    const { hub, environment, opens, closes } = openHub()
    await expect(hub.respond(get(), { topics: ['a'], stream: options })).rejects.toBeInstanceOf(error)
    await environment.settle()
    expect(hub.stats()).toMatchObject({ subscribers: 0, topics: 0 })
    expect([environment.timers, opens, closes]).toEqual([0, [], []])
  })

  it('to a request that is aborted while it is pending leaves nothing behind', async () => {
    const { hub, environment, opens, closes } = openHub()
    const request = new AbortController()
    const pending = hub.respond(get({ signal: request.signal }), { topics: ['a'] })
    request.abort('gone')
    await pending
    await environment.settle()
    expect(hub.stats()).toMatchObject({ subscribers: 0, topics: 0, closes: { 'client-closed': 1 } })
    expect([environment.timers, opens.length, closes]).toMatchObject([
      0,
      1,
      [{ reason: 'client-closed', error: 'gone' }],
    ])
  })

  it('whose body is never read is closed as stalled', async () => {
    const { hub, environment, closes } = openHub()
    await hub.respond(get(), { topics: ['a'] })
    await environment.advance(10_100)
    expect(closes).toMatchObject([{ reason: 'stalled', topics: ['a'] }])
    expect([hub.stats().topics, environment.timers]).toEqual([0, 0])
  })

  it('tells both onClose of its stream and of the hub, once', async () => {
    const scene = openHub()
    const own: unknown[] = []
    const client = await follow(scene, ['a'], { identity: 'me', stream: { onClose: (close) => own.push(close) } })
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    await client.cancel('bye')
    const close = { reason: 'client-closed', error: 'bye', duration: 0, events: 1, bytes: client.byteLength }
    expect(own).toEqual([close])
    expect(scene.opens).toEqual([{ topics: ['a'], identity: 'me' }])
    expect(scene.closes).toEqual([{ ...close, topics: ['a'], identity: 'me' }])
  })
})

describe('count and stats', () => {
  it('follow who comes and goes', async () => {
    const scene = openHub()
    const { hub, environment } = scene
    const clients = [await follow(scene, ['a']), await follow(scene, ['a', 'b']), await join(scene, ['b'])]
    expect([await hub.count('a'), await hub.count('b'), await hub.count('c')]).toEqual([2, 2, 0])
    await hub.publish('a', [{ data: 1 }, { data: 2 }])
    await environment.settle()
    expect(hub.stats()).toMatchObject({ subscribers: 3, topics: 2, published: 2, delivered: 4, draining: false })
    const bytes = clients.reduce((sum, client) => sum + client.byteLength, 0)
    expect(hub.stats().bytes).toBe(bytes)
    for (const client of clients) await client.cancel()
    expect(hub.stats()).toMatchObject({
      subscribers: 0,
      topics: 0,
      published: 2,
      delivered: 4,
      bytes,
      closes: { 'client-closed': 3 },
    })
  })
})

describe('expiresAt', () => {
  it.each([
    [60_000, 60_000],
    [0, 0],
    [-1, 0],
    [-1e15, 0],
  ])('%i ms from now closes as unauthorized after %i', async (offset, after) => {
    const scene = openHub()
    const client = await follow(scene, ['a'], { expiresAt: scene.environment.wallTime() + offset })
    if (after > 0) {
      await scene.environment.advance(after - 100)
      expect(scene.closes).toEqual([])
    }
    await scene.environment.advance(200)
    expect(scene.closes).toMatchObject([{ reason: 'unauthorized', topics: ['a'] }])
    expect(client.text).not.toContain('end=')
    expect(scene.hub.stats()).toMatchObject({ subscribers: 0, topics: 0 })
    expect(scene.environment.timers).toBe(0)
    await scene.hub.close()
  })
})

describe('disconnect', () => {
  it('closes by identity, by topic, and by both', async () => {
    const scene = openHub()
    const join = (topics: string[], identity?: string): Promise<unknown> =>
      follow(scene, topics, identity === undefined ? {} : { identity })
    for (const [topics, identity] of [
      [['a'], 'x'],
      [['a', 'b'], 'x'],
      [['a'], 'y'],
      [['b'], undefined],
      [['a'], ''],
    ] as const) {
      await join([...topics], identity)
    }
    expect(await scene.hub.disconnect({})).toBe(0)
    expect(await scene.hub.disconnect({ identity: 'x', topic: 'b' })).toBe(1)
    expect(await scene.hub.disconnect({ identity: 'x' })).toBe(1)
    expect(await scene.hub.disconnect({ identity: '' })).toBe(1)
    expect(await scene.hub.disconnect({ topic: 'a' })).toBe(1)
    expect(await scene.hub.disconnect({ topic: 'a' })).toBe(0)
    expect(scene.closes.map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => 'disconnected'))
    expect(scene.hub.stats()).toMatchObject({ subscribers: 1, closes: { disconnected: 4 } })
  })

  it('lets a client that keeps up have all, and cuts one that is behind', async () => {
    const scene = openHub()
    const [fast, slow] = [await follow(scene, ['a']), await join(scene, ['a'])]
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    await scene.hub.disconnect({ topic: 'a' })
    await scene.environment.settle()
    expect([fast.data, fast.ended, fast.error]).toEqual([['1'], true, undefined])
    await slow.read()
    expect(slow.error).toMatchObject({ code: 'stream-closed', reason: 'disconnected' })
    expect([scene.environment.timers, scene.hub.stats().topics]).toEqual([0, 0])
  })
})
