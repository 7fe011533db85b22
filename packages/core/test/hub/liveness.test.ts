import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const ack = (): Request => get({}, '?ack=1')

describe('acknowledgement', () => {
  it('closes a client that acknowledged once and then stopped', async () => {
    const scene = openHub({ acknowledge: { timeout: 6_000 } })
    const client = await follow(scene, ['t'], { request: ack() })
    const { conn, ack: timeout } = client.parsed.hints[0]!
    expect(timeout).toBe(6_000)
    await scene.environment.advance(20_000)
    expect(scene.closes).toEqual([])
    for (let time = 0; time < 20_000; time += 2_000) {
      expect(await scene.hub.acknowledge(conn!, 'x')).toBe(true)
      await scene.environment.advance(2_000)
    }
    await scene.environment.advance(6_100)
    expect(scene.closes.map(({ reason }) => reason)).toEqual(['unacknowledged'])
    expect([await scene.hub.acknowledge(conn!, 'x'), scene.environment.timers]).toEqual([false, 0])
  })

  it('is read from the socket before a deadline judges, where the process stood still', async () => {
    const scene = openHub({ acknowledge: { timeout: 6_000 } })
    const clients = [await follow(scene, ['t'], { request: ack() }), await follow(scene, ['t'], { request: ack() })]
    const [punctual, gone] = clients.map((client) => client.parsed.hints[0]!.conn!)
    for (const conn of [punctual!, gone!]) await scene.hub.acknowledge(conn, 'x')
    scene.environment.jump(12_000)
    await scene.environment.advance(2_000)
    expect(scene.closes).toEqual([])
    expect(await scene.hub.acknowledge(punctual!, 'x')).toBe(true)
    await scene.environment.advance(3_500)
    expect(scene.closes.map(({ reason }) => reason)).toEqual(['unacknowledged'])
    expect([await scene.hub.acknowledge(punctual!, 'x'), await scene.hub.acknowledge(gone!, 'x')]).toEqual([
      true,
      false,
    ])
  })

  it('never asks those who did not ask', async () => {
    const scene = openHub()
    const client = await follow(scene, ['t'])
    expect(client.parsed.hints[0]).not.toHaveProperty('conn')
    await scene.environment.advance(100_000)
    expect(scene.closes).toEqual([])
  })

  it('reaches a connection at another hub of the same broker, and only that one', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const [here, there] = [
      openHub({ broker }, environment),
      openHub({ broker, acknowledge: { timeout: 5_000 } }, environment),
    ]
    const client = await follow(there, ['t'], { request: ack() })
    const { conn } = client.parsed.hints[0]!
    expect(await here.hub.acknowledge(conn!, 'x')).toBe(true)
    await environment.advance(5_100)
    expect(there.closes.map(({ reason }) => reason)).toEqual(['unacknowledged'])
    for (const name of ['nobody', '*.x', '', '.', 'x'.repeat(9_999)])
      expect(await here.hub.acknowledge(name, 'x')).toBe(false)
  })
})

describe('admission', () => {
  it('turns new clients away above the limit, and evicts nobody', async () => {
    const scene = openHub({ maxSubscribers: 2 })
    const clients = [await follow(scene, ['t']), await follow(scene, ['t'])]
    const native = await scene.hub.respond(get(), { topics: ['t'] })
    const retry = Number(/^retry: (\d+)\n\n$/.exec(await native.text())?.[1])
    expect([native.status, retry >= 5_000, retry <= 15_000]).toEqual([200, true, true])
    const own = await scene.hub.respond(get({ headers: { accept: 'text/event-stream;holdfast=1' } }), { topics: ['t'] })
    expect([own.status, Number(own.headers.get('retry-after')) >= 5]).toEqual([503, true])
    expect(scene.hub.stats()).toMatchObject({ subscribers: 2, load: 1 })
    await clients[0]!.cancel()
    await follow(scene, ['t'])
    expect(scene.hub.stats().subscribers).toBe(2)
  })
})

describe('load', () => {
  it('is told to clients, compared with the other hubs, and asks some of them to move', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const full = openHub({ broker, load: () => 0.95 }, environment)
    const idle = openHub({ broker, load: () => 0.2 }, environment)
    const [a, b] = [await follow(full, ['t']), await follow(idle, ['t'])]
    await environment.advance(15_000)
    expect(a.parsed.hints.at(-1)).toMatchObject({ load: 0.95, shed: 0.395, standby: 1 })
    expect(b.parsed.hints.at(-1)).toMatchObject({ load: 0.2 })
    expect(b.parsed.hints.at(-1)).not.toHaveProperty('shed')
    await a.cancel()
    await b.cancel()
    expect(environment.timers).toBe(0)
  })

  it('is hinted on a busy stream too', async () => {
    const scene = openHub({ load: () => 0.5 })
    const client = await follow(scene, ['t'])
    for (let second = 0; second < 35; second++) {
      await scene.hub.publish('t', { data: second })
      await scene.environment.advance(1_000)
    }
    expect(client.data).toHaveLength(35)
    expect(client.parsed.hints.length).toBeGreaterThanOrEqual(4)
  })
})

describe('a standby', () => {
  const standby = (): Request => get({}, '?mode=standby')

  it('hears only where the log is, once a second at most, and weighs little', async () => {
    const scene = openHub({ maxSubscribers: 10 })
    const client = await follow(scene, ['t'], { request: standby() })
    let last = ''
    for (let step = 0; step < 30; step++) {
      last = (await scene.hub.publish('t', { data: step })).id
      await scene.environment.advance(100)
    }
    await scene.environment.advance(1_000)
    const at = client.parsed.hints.flatMap(({ at: position }) => position ?? [])
    expect([at.length, at.at(-1)]).toEqual([expect.toSatisfy((count: number) => count >= 3 && count <= 6), last])
    expect([client.parsed.events, client.parsed.lastEventId]).toEqual([[], ''])
    expect(scene.hub.stats().load).toBeCloseTo(0.01)
  })

  it('does not move for what its filter rejects', async () => {
    const scene = openHub()
    const filter = ({ data }: { data: string }): boolean => data === 'yes'
    const client = await follow(scene, ['t'], { request: standby(), filter })
    const { id } = await scene.hub.publish('t', { data: 'yes' })
    await scene.hub.publish('t', { data: 'no' })
    await scene.environment.advance(3_000)
    expect(client.parsed.hints.flatMap(({ at }) => at ?? [])).toEqual([id])
  })

  it('ends without an end mark, and leaves no timer', async () => {
    const scene = openHub()
    const client = await follow(scene, ['t'], { request: standby() })
    await scene.hub.end('t')
    await scene.environment.settle()
    expect([client.ended, client.text.includes('end=')]).toEqual([true, false])
    expect(scene.environment.timers).toBe(0)
  })
})

describe('a heartbeat', () => {
  it.each([
    ['3000', 3_000],
    ['1', 1_000],
    ['999999', 60_000],
    ['x', 7_000],
  ])('asked for as %s is %d', async (asked, given) => {
    const scene = openHub()
    const client = await follow(scene, ['t'], { request: get({}, `?heartbeat=${asked}`) })
    expect(client.parsed.hints[0]?.heartbeat).toBe(given)
  })
})
