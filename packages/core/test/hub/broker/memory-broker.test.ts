import process from 'node:process'
import v8 from 'node:v8'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../src/hub/broker/broker.ts'
import { BrokerClosedError } from '../../../src/hub/errors.ts'
import { MemoryBroker, type MemoryBrokerOptions } from '../../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../../support/fake-environment.ts'

interface Scene {
  environment: FakeEnvironment
  broker: MemoryBroker
}

function open(options: MemoryBrokerOptions = {}): Scene {
  const environment = new FakeEnvironment()
  return { environment, broker: new MemoryBroker(options, environment) }
}

async function publish({ broker }: Scene, topic: string, count: number, size = 1): Promise<void> {
  for (let index = 0; index < count; index++) await broker.publish(topic, [{ data: 'x'.repeat(size) }])
}

async function kept({ broker }: Scene, topic: string): Promise<number[]> {
  const { events } = await broker.read(topic, 'earliest', 1_000_000)
  return events.map(({ position }) => position.offset)
}

const range = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index)

describe('the memory broker', () => {
  it('keeps so many events of each topic', async () => {
    const scene = open({ maxEvents: 10 })
    await publish(scene, 'a', 25)
    await publish(scene, 'b', 5)
    expect([await kept(scene, 'a'), await kept(scene, 'b')]).toEqual([range(10, 16), range(5)])
    await scene.broker.publish(
      'a',
      range(30).map((n) => ({ data: String(n) })),
    )
    expect(await kept(scene, 'a')).toEqual(range(10, 46))
  })

  it('keeps so many bytes in all, the newest of whatever topic', async () => {
    const scene = open({ maxBytes: 1_000_000, maxEvents: 1_000_000 })
    const topics = ['a', 'b', 'c']
    for (let round = 0; round < 60; round++) {
      scene.environment.jump(10)
      for (const topic of topics) await publish(scene, topic, 1, 10_000)
    }
    await publish(scene, 'once', 1, 10)
    const histories = await Promise.all(topics.map((topic) => kept(scene, topic)))
    const total = histories.reduce((sum, { length }) => sum + length * 20_200, 0)
    expect(total).toBeLessThanOrEqual(1_000_000)
    expect(total).toBeGreaterThan(850_000)
    for (const history of histories) {
      expect(history.at(-1)).toBe(60)
      expect(Math.abs(history.length - (histories[0]?.length ?? 0))).toBeLessThanOrEqual(1)
    }
    expect(await kept(scene, 'once')).toEqual([1])
  })

  it('keeps the newest of many topics with one event each', async () => {
    const scene = open({ maxBytes: 1_000_000 })
    for (const number of range(5_000)) {
      scene.environment.jump(1)
      await publish(scene, `t${number}`, 1, 120)
    }
    const histories = await Promise.all(range(5_000).map((number) => kept(scene, `t${number}`)))
    const first = histories.findIndex(({ length }) => length > 0)
    // Each takes 240 bytes of text, and some 520 beside it with its topic.
    expect(first).toBeGreaterThan(3_600)
    expect(first).toBeLessThan(3_800)
    expect(histories.slice(first).every(({ length }) => length === 1)).toBe(true)
  })

  it('counts names, keys and what they cost: a million topics take no more than it says', async () => {
    v8.setFlagsFromString('--expose-gc')
    const collect = vm.runInNewContext('gc') as () => void
    const scene = open()
    collect()
    const before = process.memoryUsage().heapUsed
    for (let number = 0; number < 300_000; number++)
      await scene.broker.publish(`topic ${number}`, [{ data: '0123456789' }], { key: `key ${number}` })
    collect()
    const heap = process.memoryUsage().heapUsed - before
    expect(scene.broker.bytes).toBeLessThanOrEqual(64 * 1_048_576)
    expect(scene.broker.bytes).toBeGreaterThan(60 * 1_048_576)
    expect(heap).toBeLessThan(80_000_000)
    // What it says is about what it takes.
    expect(heap).toBeGreaterThan(40_000_000)
  })

  it('gives back what topics took that were only listened to', async () => {
    const { broker } = open()
    const before = broker.bytes
    for (let number = 0; number < 1_000; number++) {
      const { unsubscribe } = await broker.subscribe(`topic ${number}`, { onEvent: () => {}, onLost: () => {} })
      expect(broker.bytes).toBeGreaterThan(before)
      await unsubscribe()
    }
    expect(broker.bytes).toBe(before)
  })

  it('drops a part at a time, so that nobody waits long', async () => {
    const scene = open({ maxEvents: 1_000_000, maxAge: 10_000 })
    await scene.broker.publish(
      'a',
      range(20_000).map((number) => ({ data: `${number}` })),
    )
    scene.environment.jump(20_000)
    const counts = [(await kept(scene, 'a')).length]
    while (scene.environment.queued > 0) {
      scene.environment.turn()
      counts.push((await kept(scene, 'a')).length)
    }
    expect(counts.at(-1)).toBe(0)
    expect(Math.max(...counts.slice(1).map((count, index) => (counts[index] as number) - count))).toBeLessThanOrEqual(
      2_000,
    )
    expect(counts.length).toBeGreaterThan(1)
  })

  it('forgets topics a part at a time, too', async () => {
    const { broker, environment } = open({ maxAge: 10_000 })
    for (const number of range(20_000)) await broker.publish(`topic ${number}`, [{ data: '' }])
    const sizes = [broker.bytes]
    environment.jump(20_000)
    await broker.publish('another', [{ data: '' }])
    for (sizes.push(broker.bytes); environment.queued > 0; sizes.push(broker.bytes)) environment.turn()
    const [all = 0] = sizes
    expect(sizes.at(-1)).toBeLessThan(all / 1_000)
    expect(Math.max(...sizes.slice(1).map((size, index) => (sizes[index] as number) - size))).toBeLessThan(all / 10)
  })

  it('keeps nothing of what is larger than all it may keep, and goes on', async () => {
    const scene = open({ maxBytes: 10_000 })
    await publish(scene, 'a', 1, 100_000)
    await publish(scene, 'a', 3)
    expect(await kept(scene, 'a')).toEqual([2, 3, 4])
  })

  it('forgets by age, and topics with nothing left', async () => {
    const scene = open({ maxAge: 10_000 })
    await publish(scene, 'a', 3)
    scene.environment.jump(6_000)
    await publish(scene, 'a', 2)
    const { position } = await scene.broker.publish('old', [{ data: '1' }])
    scene.environment.jump(5_000)
    expect(await kept(scene, 'a')).toEqual([4, 5])
    scene.environment.jump(60_000)
    expect(await kept(scene, 'a')).toEqual([])
    const page = await scene.broker.read('old', position, 10)
    expect([page.gap, page.head.offset]).toEqual(['new-epoch', 0])
    expect(page.head.epoch).toBeGreaterThan(position.epoch)
  })

  it('does not forget a topic that somebody listens to', async () => {
    const scene = open({ maxAge: 10_000 })
    const seen: StoredEvent[] = []
    await publish(scene, 'a', 3)
    const { head } = await scene.broker.subscribe('a', { onEvent: (event) => void seen.push(event), onLost: () => {} })
    scene.environment.jump(60_000)
    await publish(scene, 'b', 1)
    await publish(scene, 'a', 1)
    expect(seen.map(({ position }) => position)).toEqual([{ epoch: head.epoch, offset: head.offset + 1 }])
  })

  it('keeps for ever with a maxAge of 0', async () => {
    const scene = open({ maxAge: 0 })
    await publish(scene, 'a', 1)
    scene.environment.jump(1e12)
    await publish(scene, 'b', 1)
    expect(await kept(scene, 'a')).toEqual([1])
  })

  it('forgets topics that have nothing left also with a maxAge of 0', async () => {
    const scene = open({ maxAge: 0, maxBytes: 10_000 })
    const { position } = await scene.broker.publish('a', [{ data: '1' }])
    await publish(scene, 'b', 1, 100_000)
    await publish(scene, 'b', 1)
    scene.environment.jump(600_000)
    const { gap, head } = await scene.broker.read('a', position, 1)
    expect([gap, head.offset]).toEqual(['new-epoch', 0])
  })

  it('needs no timer', async () => {
    const scene = open()
    await publish(scene, 'a', 1)
    expect([scene.environment.timers, scene.environment.queued]).toEqual([0, 0])
  })

  it('orders what a listener publishes after what it was told', async () => {
    const { broker } = open()
    const seen: string[] = []
    const onLost = (): void => {}
    await broker.subscribe('a', {
      onEvent: ({ data }) => void (data === '1' && broker.publish('a', [{ data: '3' }])),
      onLost,
    })
    await broker.subscribe('a', { onEvent: ({ data }) => void seen.push(data), onLost })
    await broker.publish('a', [{ data: '1' }, { data: '2' }])
    expect(seen).toEqual(['1', '2', '3'])
  })

  it('calls listeners as methods, and one that subscribed twice twice', async () => {
    const { broker } = open()
    const listener = {
      seen: [] as string[],
      onEvent({ data }: StoredEvent): void {
        this.seen.push(data)
      },
      onLost(): void {},
    }
    const { unsubscribe } = await broker.subscribe('a', listener)
    await broker.subscribe('a', listener)
    await broker.publish('a', [{ data: '1' }])
    await unsubscribe()
    await broker.publish('a', [{ data: '2' }])
    expect(listener.seen).toEqual(['1', '1', '2'])
  })

  it('lets a listener leave and come while it tells', async () => {
    const { broker } = open()
    const seen: string[] = []
    const onLost = (): void => {}
    const second = { onEvent: ({ data }: StoredEvent) => void seen.push(data), onLost }
    const subscription = await broker.subscribe('a', second)
    const { unsubscribe } = await broker.subscribe('a', {
      onEvent: () => void unsubscribe().then(() => subscription.unsubscribe()),
      onLost,
    })
    await broker.publish('a', [{ data: '1' }])
    await broker.publish('a', [{ data: '2' }])
    expect(seen).toEqual(['1'])
  })

  it('refuses everything once closed', async () => {
    const { broker } = open()
    await broker.publish('a', [{ data: '1' }])
    await broker.close()
    await broker.close()
    await expect(broker.publish('a', [{ data: '1' }])).rejects.toBeInstanceOf(BrokerClosedError)
    await expect(broker.read('a', 'earliest', 1)).rejects.toBeInstanceOf(BrokerClosedError)
    await expect(broker.subscribe('a', { onEvent: () => {}, onLost: () => {} })).rejects.toBeInstanceOf(
      BrokerClosedError,
    )
  })
})
