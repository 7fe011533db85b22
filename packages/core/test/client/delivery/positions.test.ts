import { describe, expect, it } from 'vitest'
import { Positions } from '../../../src/client/delivery/positions.ts'

const [x, y, z] = ['xxxxxxxx', 'yyyyyyyy', 'zzzzzzzz'] as const
const key = (number: number): string => `${number}`.padStart(8, '0')

function positionsOf(...entries: [string, number][]): Positions {
  const positions = new Positions()
  for (const [topic, offset] of entries) positions.set(topic, { epoch: 1, offset })
  return positions
}

describe('where the next stream goes on', () => {
  it.each(['earliest', 'last'] as const)('is the start "%s" only as long as nothing was accepted', (start) => {
    const positions = new Positions()
    positions.begin(start)
    expect([positions.resume, positions.areComparable]).toEqual([{ id: '', start }, false])
    positions.set(x, { epoch: 1, offset: 2 })
    expect(positions.resume).toEqual({ id: `c1~${x}-1-2` })
  })

  it('is no start where none was asked for', () => {
    expect(new Positions().resume).toEqual({ id: '' })
  })

  it('is the id of another time, be it positions or not', () => {
    const [opaque, vector] = [new Positions(), new Positions()]
    opaque.begin('7')
    vector.begin(`c1~${y}-1-2~${x}-1-1`)
    expect([opaque.resume, opaque.areComparable]).toEqual([{ id: '7' }, false])
    expect([vector.resume, vector.areComparable]).toEqual([{ id: `c1~${x}-1-1~${y}-1-2` }, true])
  })

  it('is the last id that is no position, where there are no positions', () => {
    const positions = new Positions()
    positions.begin('7')
    positions.setOpaque('8')
    expect(positions.id()).toBe('8')
    positions.set(x, { epoch: 1, offset: 1 })
    positions.setOpaque('9')
    expect(positions.id()).toBe(`c1~${x}-1-1`)
  })
})

describe('the id of what was accepted', () => {
  it('names the topic first that was advanced', () => {
    const positions = positionsOf([x, 1], [y, 2])
    expect([positions.id(), positions.id(y)]).toEqual([`c1~${x}-1-1~${y}-1-2`, `c1~${y}-1-2~${x}-1-1`])
  })

  it("is the event's own where there is one topic, and the whole vector otherwise", () => {
    const own = `c1~${y}-1-2`
    expect(positionsOf([y, 2]).idAfter(own, y)).toBe(own)
    expect(positionsOf([x, 1], [y, 2]).idAfter(own, y)).toBe(`c1~${y}-1-2~${x}-1-1`)
  })
})

describe('what is ahead', () => {
  it('is more of a known topic than was accepted; of an unknown one nothing is missed', () => {
    const positions = positionsOf([x, 5])
    const isAhead = (topic: string, epoch: number, offset: number): boolean =>
      positions.isAhead(topic, { epoch, offset })
    expect([isAhead(x, 1, 5), isAhead(x, 1, 6), isAhead(x, 2, 0), isAhead(y, 9, 9)]).toEqual([false, true, true, false])
  })

  it('is covered only where no topic is ahead', () => {
    const positions = positionsOf([x, 5], [y, 5])
    expect(positions.covers(positionsOf([x, 5], [y, 4], [z, 9]))).toBe(true)
    expect(positions.covers(positionsOf([x, 4], [y, 6]))).toBe(false)
  })
})

describe('more topics than one id holds', () => {
  const full = (): Positions =>
    positionsOf(...Array.from({ length: 33 }, (_, number): [string, number] => [key(number), 1]))

  it('are none up to 32', () => {
    const positions = full()
    positions.trim(() => false)
    expect([...positions]).toHaveLength(32)
    expect(positions.trim(() => false)).toBe(true)
    expect([...positions]).toHaveLength(32)
  })

  it('lose one that no stream names, which nobody has to be told', () => {
    const positions = full()
    expect(positions.trim((each) => each !== key(7))).toBe(true)
    expect([positions.of(key(7)), positions.of(key(0))]).toEqual([undefined, { epoch: 1, offset: 1 }])
  })

  it('lose the one longest known where all are named, which is told', () => {
    const positions = full()
    expect(positions.trim(() => true)).toBe(false)
    expect([positions.of(key(0)), positions.of(key(1))]).toEqual([undefined, { epoch: 1, offset: 1 }])
  })
})
