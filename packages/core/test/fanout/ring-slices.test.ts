import { describe, expect, it } from 'vitest'
import { Ring } from '../../src/fanout/ring.ts'
import { RingGroup } from '../../src/fanout/ring-group.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { appendEvent, numbersOf, type Reader, readRing } from '../support/subscribers.ts'

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index)

/** What a reader got is consecutive, from where it came to where it is. */
function expectConsecutive(reader: Reader, from: number): void {
  const numbers = numbersOf(reader)
  expect(numbers).toEqual(range(numbers.length, from))
}

describe('more subscribers than fit one turn', () => {
  it.each([999, 1_000, 1_001, 2_000, 2_500])('all %i get everything under continuous publishing', (count) => {
    const environment = new FakeEnvironment()
    const ring = new Ring({ maxBytes: 1_000_000 }, new RingGroup(environment))
    const readers = range(count).map(() => readRing(ring, environment))
    for (const number of range(20)) {
      appendEvent(ring, number)
      environment.turn()
    }
    const behind = readers.map(({ sink }) => sink.chunks.length)
    expect(Math.min(...behind)).toBeGreaterThan(20 / (Math.ceil(count / 1_000) + 1))
    while (environment.queued > 0) environment.turn()
    for (const reader of readers) expect(numbersOf(reader)).toEqual(range(20))
    expect(ring.bytes).toBe(0)
  })

  it('do not keep a small ring waiting', () => {
    const environment = new FakeEnvironment()
    const group = new RingGroup(environment)
    const large = new Ring({ maxBytes: 1_000_000 }, group)
    const small = new Ring({ maxBytes: 1_000_000 }, group)
    for (let count = 0; count < 2_000; count++) readRing(large, environment)
    const reader = readRing(small, environment)
    for (const number of range(12)) {
      appendEvent(large, number)
      appendEvent(small, number)
      environment.turn()
    }
    expect(numbersOf(reader).length).toBeGreaterThanOrEqual(6)
  })

  it('miss nothing while others block, drain, leave and come during the flush', () => {
    const environment = new FakeEnvironment({ seed: 11 })
    const ring = new Ring({ maxBytes: 100_000_000 }, new RingGroup(environment))
    const readers = new Map<Reader, number>()
    const left: [Reader, number][] = []
    const come = (): void => {
      const from = ring.end
      const reader = readRing(ring, environment)
      readers.set(reader, from)
      reader.sink.onWrite = () => act(reader)
    }
    const act = (reader: Reader): void => {
      const chance = environment.random()
      if (chance < 0.05) reader.sink.full = !reader.sink.full
      else if (chance < 0.06) leave(reader)
      else if (chance < 0.07) leave(any())
      else if (chance < 0.08) come()
      else if (chance < 0.1) any().sink.drain()
    }
    const any = (): Reader => [...readers.keys()][Math.floor(environment.random() * readers.size)] as Reader
    const leave = (reader: Reader): void => {
      left.push([reader, readers.get(reader) as number])
      readers.delete(reader)
      reader.subscriber.close('disconnected')
    }
    for (let count = 0; count < 1_500; count++) come()
    for (const number of range(30)) {
      appendEvent(ring, number)
      environment.turn()
      for (let count = 0; count < 20; count++) any().sink.drain()
    }
    for (const { sink } of readers.keys()) {
      sink.onWrite = undefined
      sink.full = false
      sink.drain()
    }
    while (environment.queued > 0) environment.turn()
    for (const [reader, from] of readers) {
      expectConsecutive(reader, from)
      expect(from + numbersOf(reader).length).toBe(30)
      expect(reader.closes).toEqual([])
    }
    for (const [reader, from] of left) expectConsecutive(reader, from)
    expect([ring.bytes, ring.away.items.length, ring.ready.items.length]).toEqual([0, 0, readers.size])
    expect(left.length).toBeGreaterThan(50)
  })

  it('never go under because one of them leaves at the last moment of a slice', () => {
    const environment = new FakeEnvironment()
    const ring = new Ring({ maxBytes: 1_000_000 }, new RingGroup(environment))
    const readers = range(1_200).map(() => readRing(ring, environment))
    appendEvent(ring, 0)
    environment.turn()
    // 200 have not been served: those that leave now are replaced by others that have.
    for (const index of [0, 199, 200, 1_199]) readers[index]?.subscriber.close('disconnected')
    appendEvent(ring, 1)
    while (environment.queued > 0) environment.turn()
    readers.forEach((reader, index) => {
      if (reader.closes.length === 0) expect(numbersOf(reader), `reader ${index}`).toEqual([0, 1])
    })
  })
})
