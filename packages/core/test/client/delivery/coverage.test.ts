import { describe, expect, it } from 'vitest'
import { Coverage } from '../../../src/client/delivery/coverage.ts'
import type { Position } from '../../../src/wire/position.ts'

const key = (number: number): string => `${number}`.padStart(8, '0')
const at = (offset: number): Position => ({ epoch: 1, offset })

/** A stream that began with so many topics. */
function coverageOf(count: number): Coverage {
  return new Coverage(
    Array.from({ length: count }, (_, number) => [key(number), at(number)] as const),
    false,
  )
}

describe('what a stream covers', () => {
  it('begins where the client was', () => {
    const { base } = coverageOf(2)
    expect([...base]).toEqual([
      [key(0), at(0)],
      [key(1), at(1)],
    ])
  })

  it('stays where a topic is named that was known', () => {
    const coverage = coverageOf(2)
    coverage.name(key(1), at(9), undefined)
    expect([coverage.base.get(key(1)), coverage.reasonOf(key(1))]).toEqual([at(1), 'missed'])
  })

  it('begins elsewhere for a new topic, and for one of which events are missing', () => {
    const coverage = coverageOf(2)
    coverage.name(key(7), at(3), undefined)
    expect(coverage.base.get(key(7))).toEqual(at(3))
    coverage.name(key(1), at(9), 'trimmed')
    expect(coverage.base.get(key(1))).toEqual(at(9))
    expect([coverage.reasonOf(key(1)), coverage.reasonOf(key(7))]).toEqual(['trimmed', 'missed'])
    coverage.name(key(1), at(10), undefined)
    expect([coverage.base.get(key(1)), coverage.reasonOf(key(1))]).toEqual([at(9), 'trimmed'])
  })

  it('tells which topics were named', () => {
    const coverage = coverageOf(2)
    coverage.name(key(1), at(1), undefined)
    expect([coverage.names(key(0)), coverage.names(key(1))]).toEqual([false, true])
  })
})

describe('more topics than one id holds', () => {
  it('are none up to 32', () => {
    const coverage = coverageOf(31)
    expect(coverage.name(key(31), at(1), undefined)).toBe(true)
    expect(coverage.base.size).toBe(32)
  })

  it('lose one that was not named', () => {
    const coverage = coverageOf(32)
    coverage.name(key(0), at(0), undefined)
    expect(coverage.name(key(32), at(1), undefined)).toBe(true)
    expect([coverage.base.size, coverage.base.has(key(0)), coverage.base.has(key(1))]).toEqual([32, true, false])
    expect(coverage.names(key(32))).toBe(true)
  })

  it('lose the first one where all were named, and all that was known of it', () => {
    const coverage = coverageOf(0)
    for (let number = 0; number < 32; number++) coverage.name(key(number), at(1), 'trimmed')
    coverage.left.add(key(0))
    expect(coverage.name(key(32), at(1), undefined)).toBe(false)
    expect([coverage.base.has(key(0)), coverage.names(key(0)), coverage.left.size]).toEqual([false, false, 0])
    expect([coverage.reasonOf(key(0)), coverage.base.has(key(1)), coverage.base.size]).toEqual(['missed', true, 32])
  })
})
