import { describe, expect, it } from 'vitest'
import type { Broker } from '../../src/hub/broker/broker.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'
import type { HubStats } from '../../src/hub/stats.ts'
import type { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, openHub } from '../support/hub.ts'

const bounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000]

/** The classes that are not empty, by their bound. */
function classes({ publishToWrite: { counts } }: HubStats): Record<string, number> {
  const named = counts.map((count, index) => [String(bounds[index] ?? 'more'), count] as const)
  return Object.fromEntries(named.filter(([, count]) => count > 0))
}

/** A broker that stores in `storing` ms and delivers in `delivering` ms. */
function distantBroker(environment: () => FakeEnvironment, storing: number, delivering: number): Broker {
  const inner = memoryBroker()
  const later = (delay: number): Promise<void> => new Promise((resolve) => void environment().setTimer(resolve, delay))
  return {
    ...inner,
    publish: async (...publication) => {
      const stored = await inner.publish(...publication)
      await later(storing)
      return stored
    },
    subscribe: (topic, listener) =>
      inner.subscribe(topic, {
        onLost: (reason) => listener.onLost(reason),
        onEvent: (event) => void later(delivering).then(() => listener.onEvent(event)),
      }),
  }
}

describe('the delay from publish to the first write', () => {
  it('has these classes, all empty', () => {
    const { publishToWrite } = openHub().hub.stats()
    expect(publishToWrite).toEqual({ bounds, counts: Array.from({ length: 12 }, () => 0), sum: 0 })
  })

  it('ends with the turn in which the event is written, once however many read', async () => {
    const scene = openHub()
    for (let readers = 0; readers < 3; readers++) await follow(scene, ['a'])
    await follow(scene, ['a', 'b'])
    await scene.hub.publish('a', [{ data: 1 }, { data: 2 }])
    expect(classes(scene.hub.stats())).toEqual({})
    scene.environment.jump(7)
    await scene.environment.settle()
    expect(classes(scene.hub.stats())).toEqual({ 10: 1 })
    expect(scene.hub.stats().publishToWrite.sum).toBe(7)
  })

  it('is not measured where nobody reads, nor of what was there already', async () => {
    const scene = openHub()
    await scene.hub.publish('a', { data: 1 })
    await follow(scene, ['b'])
    await scene.hub.publish('a', { data: 2 })
    await scene.hub.publish('b', { data: 1 }, { key: 'k' })
    await scene.hub.publish('b', { data: 1 }, { key: 'k' })
    await scene.environment.settle()
    expect(classes(scene.hub.stats())).toEqual({ 1: 1 })
  })

  it.each([
    { storing: 20, delivering: 80, delay: 80, bound: 100 },
    { storing: 80, delivering: 20, delay: 80, bound: 100 },
    { storing: 6_000, delivering: 1, delay: 6_000, bound: 'more' },
  ])('is $delay ms where storing takes $storing and delivering $delivering', async (row) => {
    const scene = openHub({ broker: distantBroker(() => scene.environment, row.storing, row.delivering) })
    await follow(scene, ['a'])
    const published = [scene.hub.publish('a', { data: 1 }), scene.hub.publish('a', { data: 2 })]
    await scene.environment.advance(10_000)
    await Promise.all(published)
    expect(classes(scene.hub.stats())).toEqual({ [row.bound]: 2 })
    expect(scene.hub.stats().publishToWrite.sum).toBe(2 * row.delay)
  })

  it('is forgotten when the reader leaves before the event has come', async () => {
    const scene = openHub({ broker: distantBroker(() => scene.environment, 1, 100) })
    const client = await follow(scene, ['a'])
    const published = scene.hub.publish('a', { data: 1 })
    await scene.environment.advance(10)
    await published
    await client.cancel()
    await scene.environment.advance(1_000)
    expect(classes(scene.hub.stats())).toEqual({})
  })
})
