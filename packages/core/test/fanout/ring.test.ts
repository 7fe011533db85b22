import { describe, expect, it } from 'vitest'
import { Ring } from '../../src/fanout/ring.ts'
import { RingGroup } from '../../src/fanout/ring-group.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { appendEvent, numbersOf, readRing } from '../support/subscribers.ts'

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)

function setUp(maxBytes = 1_000_000): { environment: FakeEnvironment; ring: Ring } {
  const environment = new FakeEnvironment()
  return { environment, ring: new Ring({ maxBytes }, new RingGroup(environment)) }
}

describe('a ring', () => {
  it('shares one chunk between all at the same place', () => {
    const { environment, ring } = setUp()
    const readers = range(5).map(() => readRing(ring, environment))
    for (const number of range(3)) appendEvent(ring, number)
    environment.turn()
    const chunks = new Set(readers.map(({ sink }) => sink.chunks[1]))
    expect(chunks.size).toBe(1)
    expect(numbersOf(readers[0]!)).toEqual([0, 1, 2])
  })

  it('keeps nothing once everybody has it, nor without anybody', async () => {
    const { environment, ring } = setUp()
    for (const number of range(3)) appendEvent(ring, number)
    await environment.settle()
    expect([ring.bytes, ring.end]).toEqual([0, 3])
    const reader = readRing(ring, environment)
    appendEvent(ring, 3)
    await environment.settle()
    expect([ring.bytes, numbersOf(reader)]).toEqual([0, [3]])
  })

  it('gives a subscriber only what is added after it came', () => {
    const { environment, ring } = setUp()
    appendEvent(ring, 0)
    const reader = readRing(ring, environment)
    appendEvent(ring, 1)
    environment.turn()
    expect(numbersOf(reader)).toEqual([1])
  })

  it('does not look at a blocked subscriber until it drains', async () => {
    const { environment, ring } = setUp()
    const slow = readRing(ring, environment)
    const fast = readRing(ring, environment)
    slow.sink.full = true
    for (const number of range(100)) {
      appendEvent(ring, number)
      environment.turn()
    }
    expect(slow.sink.chunks).toHaveLength(2)
    expect(numbersOf(fast)).toEqual(range(100))
    slow.sink.full = false
    slow.sink.drain()
    expect(numbersOf(slow)).toEqual(range(100))
    expect(slow.sink.chunks).toHaveLength(3)
    expect(ring.bytes).toBe(0)
  })

  it('gives one far behind about 64 KiB at a time', () => {
    const { environment, ring } = setUp()
    const slow = readRing(ring, environment)
    slow.sink.full = true
    for (const number of range(300)) appendEvent(ring, `${number} ${'x'.repeat(1_000)}`)
    for (let before = 0; before < 300; before = numbersOf(slow).length) {
      environment.turn()
      slow.sink.drain()
      expect(numbersOf(slow)).toEqual(range(numbersOf(slow).length))
      expect(slow.sink.chunks.at(-1)?.length).toBeLessThan(67_000)
      expect(numbersOf(slow).length).toBeGreaterThan(before)
    }
  })

  it.each([
    ['equal', (): number => 500],
    ['random', (environment: FakeEnvironment): number => environment.random() ** 4 * 50_000],
    ['a few large, then tiny', (_: FakeEnvironment, number: number): number => (number < 40 ? 100_000 : 1)],
  ])('is bounded by maxBytes however large events are: %s', (_, sizeOf) => {
    const maxBytes = 200_000
    const { environment, ring } = setUp(maxBytes)
    const slow = readRing(ring, environment)
    const fast = readRing(ring, environment)
    slow.sink.full = true
    for (const number of range(1_000)) {
      appendEvent(ring, `${number} ${'x'.repeat(sizeOf(environment, number))}`)
      environment.turn()
      expect(ring.bytes).toBeLessThanOrEqual((maxBytes * 4) / 3 + 1)
    }
    expect(numbersOf(fast)).toEqual(range(1_000))
    slow.sink.full = false
    slow.sink.drain()
    expect(slow.closes).toMatchObject([{ reason: 'overflow', events: 1 }])
    expect(numbersOf(slow)).toEqual([0])
    expect(ring.bytes).toBe(0)
  })

  it('closes as overflow only the one whose place is gone', () => {
    const { environment, ring } = setUp(10_000)
    const readers = range(3).map(() => readRing(ring, environment))
    readers[0]!.sink.full = true
    for (const number of range(50)) {
      if (number === 40) readers[1]!.sink.full = true
      appendEvent(ring, `${number} ${'x'.repeat(500)}`)
      environment.turn()
    }
    for (const { sink } of readers) {
      sink.full = false
      sink.drain()
    }
    expect(readers.map(({ closes }) => closes.map(({ reason }) => reason))).toEqual([['overflow'], [], []])
    expect(numbersOf(readers[1]!)).toEqual(range(50))
    expect(numbersOf(readers[2]!)).toEqual(range(50))
  })

  it('keeps what was not flushed yet, however much', () => {
    const { environment, ring } = setUp(1_000)
    const slow = readRing(ring, environment)
    const fast = readRing(ring, environment)
    slow.sink.full = true
    for (const number of range(100)) appendEvent(ring, `${number} ${'x'.repeat(500)}`)
    environment.turn()
    expect(numbersOf(fast)).toEqual(range(100))
    expect(fast.closes).toEqual([])
  })

  it('finishes one after all that was there, and nothing later', () => {
    const { environment, ring } = setUp()
    const reader = readRing(ring, environment)
    reader.sink.full = true
    appendEvent(ring, 0)
    environment.turn()
    appendEvent(ring, 1)
    reader.subscriber.finish('drained', new TextEncoder().encode(': bye\n\n'))
    environment.turn()
    expect(reader.closes).toEqual([])
    reader.sink.drain()
    reader.sink.drain()
    expect(numbersOf(reader)).toEqual([0, 1])
    expect(reader.sink.parsed.comments.at(-1)).toBe('bye')
    expect(reader.closes).toMatchObject([{ reason: 'drained' }])
    appendEvent(ring, 2)
    environment.turn()
    expect([ring.bytes, ring.ready.items.length, ring.away.items.length]).toEqual([0, 0, 0])
  })
})
