import { describe, expect, it } from 'vitest'
import { formatHint, type Hint, parseHint } from '../../src/wire/hints.ts'
import { bytesOf, collect } from './collect.ts'

const full: Hint = {
  heartbeat: 10_000,
  load: 0.42,
  t: 1_795_000_000_000,
  drain: 5000,
  shed: 0.05,
  standby: 1,
  at: 'c1~38ktp2ey-mf1-2s',
  ack: 30_000,
  conn: 'a1/b=2 c',
  topics: ['news', 'a, b', 'ü\n', '100%'],
  end: 'done',
}

describe('a hint', () => {
  it('is one comment and a blank line', () => {
    expect(formatHint({ heartbeat: 10_000, load: 0.42, end: 'done' })).toBe(
      ': hint heartbeat=10000 load=0.42 end=done\n\n',
    )
    expect(formatHint({})).toBe(': hint\n\n')
  })

  it('comes back from the parser as it was, and is no event', () => {
    const { comments, events, ids } = collect([bytesOf(formatHint(full))])
    expect([events, ids]).toEqual([[], []])
    expect(comments.map(parseHint)).toEqual([full])
  })

  it('leaves out what it cannot carry', () => {
    const values = {
      heartbeat: -1,
      load: Number.NaN,
      t: Number.POSITIVE_INFINITY,
      drain: 1.6,
      shed: 1e-9,
      at: undefined,
      end: 'x',
      other: 1,
    }
    expect(formatHint(values as unknown as Hint)).toBe(': hint drain=2 shed=0\n\n')
  })

  it('has amounts from none at all up to what is written without an exponent', () => {
    expect(formatHint({ heartbeat: 0, load: 1, t: 1e15 - 1 })).toBe(': hint heartbeat=0 load=1 t=999999999999999\n\n')
    expect(formatHint({ t: 1e15 })).toBe(': hint\n\n')
  })

  it('has lists of topics and ends of two kinds only', () => {
    expect(formatHint({ topics: [], end: 'failed' })).toBe(': hint topics= end=failed\n\n')
    expect(parseHint('hint topics= end=failed')).toEqual({ topics: [], end: 'failed' })
    expect(formatHint({ topics: 'a', end: '', other: 'done' } as unknown as Hint)).toBe(': hint\n\n')
  })

  it('reads lone surrogates as U+FFFD', () => {
    expect(parseHint(formatHint({ topics: ['a\uD800', '😀'] }).slice(2, -2))).toEqual({ topics: ['a\uFFFD', '😀'] })
  })
})

describe('parseHint', () => {
  it.each(['', 'hints', 'hint', 'hint ', ' hint load=1', 'keep-alive'])('%j', (comment) => {
    expect(parseHint(comment)).toEqual(/^hint( |$)/.test(comment) ? {} : undefined)
  })

  it('ignores malformed values and unknown keys', () => {
    const text =
      'hint heartbeat=1e3 load=.5 t=-1 drain= shed=0.5x standby at= conn=%zz topics=a,%f end=maybe __proto__=1 constructor=2 =3 ack=7'
    expect(parseHint(text)).toStrictEqual({ ack: 7 })
  })

  it('takes the last of a repeated key', () => expect(parseHint('hint load=1 load=0.5')).toEqual({ load: 0.5 }))
})
