import { describe, expect, it } from 'vitest'
import { HubClosedError } from '../../src/hub/errors.ts'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, join, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

describe('close', () => {
  it('gives each stream its last bytes, ends it, and leaves nothing', async () => {
    const scene = openHub()
    const clients = [await follow(scene, ['a']), await follow(scene, ['a', 'b'])]
    await scene.hub.publish('a', { data: 1 })
    const closed = scene.hub.close()
    await scene.environment.advance(300)
    await closed
    for (const client of clients) expect([client.data, client.ended, client.error]).toEqual([['1'], true, undefined])
    expect(scene.closes).toMatchObject([{ reason: 'drained' }, { reason: 'drained' }])
    expect(scene.hub.stats()).toMatchObject({ subscribers: 0, topics: 0 })
    expect([scene.environment.timers, scene.environment.queued]).toEqual([0, 0])
  })

  it('cuts those that do not read within 250 ms, whatever their deadlines', async () => {
    const scene = openHub({ stream: { stallTimeout: 0, heartbeat: 0 } })
    const client = await join(scene, ['a'])
    await scene.hub.publish('a', { data: 1 })
    const closed = scene.hub.close()
    await scene.environment.advance(300)
    await closed
    await client.read()
    expect(client.error).toMatchObject({ code: 'stream-closed', reason: 'drained' })
    expect(scene.environment.timers).toBe(0)
  })

  it('may be called again, at once or later', async () => {
    const scene = openHub()
    await follow(scene, ['a'])
    const closed = Promise.all([scene.hub.close(), scene.hub.close()])
    await scene.environment.advance(300)
    await closed
    await scene.hub.close()
    await scene.hub.drain()
    expect([scene.closes.length, scene.environment.timers]).toEqual([1, 0])
  })

  it('is over for all who asked for it when the last stream is', async () => {
    const scene = openHub({ stream: { stallTimeout: 0, heartbeat: 0 } })
    await join(scene, ['a'])
    await scene.hub.publish('a', { data: 1 })
    const order: string[] = []
    const first = scene.hub.close().then(() => order.push(`first, ${scene.closes.length} closed`))
    const second = scene.hub.close().then(() => order.push(`second, ${scene.closes.length} closed`))
    await scene.environment.advance(300)
    await Promise.all([first, second])
    expect(order).toEqual(['first, 1 closed', 'second, 1 closed'])
  })

  it('refuses what comes after', async () => {
    const { hub } = openHub()
    await hub.close()
    await expect(hub.publish('a', { data: 1 })).rejects.toBeInstanceOf(HubClosedError)
    expect(() => hub.subscribe(['a'])).toThrow(HubClosedError)
    expect((await hub.respond(get(), { topics: ['a'] })).status).toBe(200)
    expect(
      (await hub.respond(get({ headers: { accept: 'text/event-stream;holdfast=1' } }), { topics: ['a'] })).status,
    ).toBe(503)
    expect(await hub.disconnect({ topic: 'a' })).toBe(0)
    expect(hub.stats()).toMatchObject({ subscribers: 0, draining: true })
  })

  it('ends loops in this process', async () => {
    const { hub, environment } = openHub()
    const seen: string[] = []
    const loop = (async () => {
      for await (const { data } of hub.subscribe(['a'])) seen.push(data)
    })()
    await environment.settle()
    await hub.publish('a', { data: 1 })
    await environment.settle()
    await hub.close()
    await loop
    expect([seen, hub.stats().topics]).toEqual([['1'], 0])
  })

  it('closes its own broker, and leaves one it was given open', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const scene = openHub({ broker }, environment)
    await scene.hub.close()
    await expect(broker.publish('a', [{ data: '1' }])).resolves.toBeDefined()
  })
})
