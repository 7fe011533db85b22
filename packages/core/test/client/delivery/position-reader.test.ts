import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PositionReader } from '../../../src/client/delivery/position-reader.ts'
import { parsePositionId } from '../../../src/wire/position.ts'

const key = '6mcnqj1z'
const idOf = (offset: string): string => `c1~${key}-a0-${offset}`

function readerAfter(id: string): PositionReader {
  const reader = new PositionReader()
  reader.read(id)
  return reader
}

describe('the short way of reading an id', () => {
  it('says what the long way says, or nothing', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'019az:`{/-~A\0é'), maxLength: 13 })
    fc.assert(
      fc.property(digits, (offset) => {
        const next = readerAfter(idOf('1')).next(idOf(offset))
        const position = parsePositionId(idOf(offset))?.positions.get(key)
        // The first of an epoch, and what is before it, are for the long way.
        expect(next).toEqual(position?.offset === 0 ? undefined : position)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['1', '9', 'a', 'z', '10', 'zz', '2gosa7pa2gv'])('reads the offset %s', (offset) => {
    const reader = readerAfter(idOf('1'))
    expect(reader.next(idOf(offset))).toEqual({ epoch: 360, offset: parseInt(offset, 36) })
    expect(reader.key).toBe(key)
  })

  it.each(['', '0', '01', '2gosa7pa2gw', 'A', '1{', '1`', '1/', '1:', '1-', `1~${key}-1-1`])(
    'leaves %j to the long way',
    (offset) => {
      expect(readerAfter(idOf('1')).next(idOf(offset))).toBeUndefined()
    },
  )

  it.each(['', `c1~${key}-a1-1`, `c1~xmcnqj1z-a0-1`, `c2~${key}-a0-1`])(
    'is not for %j, which begins otherwise',
    (id) => {
      expect(readerAfter(idOf('1')).next(id)).toBeUndefined()
    },
  )

  it('is not there before an id of one component was read', () => {
    const reader = new PositionReader()
    expect([reader.next(idOf('2')), reader.next('7')]).toEqual([undefined, undefined])
    reader.read(`c1~${key}-a0-1~xmcnqj1z-1-1`)
    reader.read('opaque-1')
    expect([reader.next(`c1~${key}-a0-2`), reader.next('opaque-2')]).toEqual([undefined, undefined])
  })

  it('stays with the last id of one component', () => {
    const reader = readerAfter(idOf('1'))
    reader.read('c1~xmcnqj1z-1-1')
    reader.read(`c1~${key}-a0-1~xmcnqj1z-1-1`)
    expect([reader.next(idOf('2')), reader.next('c1~xmcnqj1z-1-2'), reader.key]).toEqual([
      undefined,
      { epoch: 1, offset: 2 },
      'xmcnqj1z',
    ])
  })
})
