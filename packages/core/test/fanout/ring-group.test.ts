import { describe, expect, it } from 'vitest'
import { Ring } from '../../src/fanout/ring.ts'
import { RingGroup } from '../../src/fanout/ring-group.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { appendEvent, numbersOf, readRing } from '../support/subscribers.ts'

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('the rings of a group', () => {
  it('keep no more together than their budget, however many have readers that stall', () => {
    const environment = new FakeEnvironment()
    const group = new RingGroup(environment, 200_000)
    const rings = range(100).map(() => new Ring({ maxBytes: 50_000 }, group))
    const stalled = rings.map((ring) => readRing(ring, environment))
    const healthy = rings.map((ring) => readRing(ring, environment))
    for (const { sink } of stalled) sink.full = true
    for (const number of range(40)) {
      for (const ring of rings) appendEvent(ring, `${number} ${'x'.repeat(1_000)}`)
      environment.turn()
      expect(group.bytes).toBeLessThanOrEqual(200_000)
    }
    for (const reader of healthy) expect(numbersOf(reader)).toEqual(range(40))
    expect(rings.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(group.bytes)
    for (const { subscriber } of stalled) subscriber.close('disconnected')
    expect(group.bytes).toBe(0)
  })

  it('are taken from readers who are then refilled from the history', async () => {
    const environment = new FakeEnvironment()
    const group = new RingGroup(environment, 10_000)
    const ring = new Ring({ maxBytes: 1_000_000 }, group)
    const asked: number[] = []
    const slow = readRing(ring, environment, {
      replayFrom: ([place]) => ({
        read: async () => (asked.push(place?.sequence ?? -1), place?.skipToEnd(), undefined),
        taken: () => {},
        cancel: () => {},
      }),
    })
    slow.sink.full = true
    for (const number of range(20)) {
      appendEvent(ring, `${number} ${'x'.repeat(1_000)}`)
      environment.turn()
    }
    slow.sink.full = false
    slow.sink.drain()
    await environment.settle()
    appendEvent(ring, 20)
    environment.turn()
    expect([asked, numbersOf(slow)]).toEqual([[1], [0, 20]])
    expect([slow.closes, ring.bytes]).toEqual([[], 0])
  })

  it('end the turn of a flush that makes many bytes before it has served 1,000 subscribers', () => {
    const environment = new FakeEnvironment()
    const ring = new Ring({ maxBytes: 1_000_000 }, new RingGroup(environment))
    const readers = range(1_000).map(() => readRing(ring, environment))
    appendEvent(ring, 'x'.repeat(200_000))
    environment.turn()
    const served = readers.filter(({ sink }) => sink.data.length > 0).length
    expect(served).toBeLessThan(50)
    while (environment.queued > 0) environment.turn()
    expect(readers.every(({ sink }) => sink.data.length === 1)).toBe(true)
  })
})
