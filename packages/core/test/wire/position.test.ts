import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopicKeyCollisionError } from '../../src/wire/errors.ts'
import {
  comparePositions,
  formatPositionId,
  maxTopics,
  parsePositionId,
  type Position,
  topicKey,
  topicOf,
  topicsByKey,
} from '../../src/wire/position.ts'

describe('topicKey', () => {
  // FNV-1a 64 of '', 'a' and 'foobar' is published: cbf29ce484222325, af63dc4c8601ec8c, 85944171f73967e8.
  it.each([
    ['', '38ktp2ey'],
    ['a', '6mcnqj1z'],
    ['foobar', 'zxb6qchw'],
    ['chat/room-1', 'teg9r45x'],
    ['news', 'pzhmcy6k'],
    ['t92', '00kguv1i'],
    ['grüße', 'o3j65s63'],
    ['日本', 'ngb2t5a9'],
    ['😀', 'tpjsiv0f'],
  ])('of %j', (topic, key) => expect(topicKey(topic)).toBe(key))

  it('is FNV-1a 64, folded to 53 bits, modulo 36^8', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (topic) => topicKey(topic) === byDefinition(topic)))
  })

  function byDefinition(topic: string): string {
    let hash = 0xcbf29ce484222325n
    for (const byte of new TextEncoder().encode(topic))
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
    return ((BigInt.asUintN(53, hash) ^ (hash >> 53n)) % 36n ** 8n).toString(36).padStart(8, '0')
  }
})

describe('topicsByKey', () => {
  it('maps each key to its topic', () =>
    expect(topicsByKey(['a', 'news', 'a'])).toEqual(
      new Map([
        ['6mcnqj1z', 'a'],
        ['pzhmcy6k', 'news'],
      ]),
    ))

  it('refuses two topics of one key', () => {
    // Lone surrogates are one character in UTF-8, which makes a collision easy to find.
    expect(() => topicsByKey(['x\uD800', 'y', 'x\uD801'])).toThrow(TopicKeyCollisionError)
    expect(() => topicsByKey(['x\uD800', 'x\uD801'])).toThrow(
      expect.objectContaining({ code: 'topic-key-collision', topics: ['x\uD800', 'x\uD801'] }),
    )
  })
})

describe('a position id', () => {
  const vector = new Map<string, Position>([
    ['zzzzzzzz', { epoch: 1_795_000_000_000, offset: 1 }],
    ['00000000', { epoch: 0, offset: 0 }],
    ['mmmmmmmm', { epoch: 36, offset: Number.MAX_SAFE_INTEGER }],
  ])

  it('has the advanced component first and the rest sorted', () => {
    expect(formatPositionId('mmmmmmmm', vector)).toBe('c1~mmmmmmmm-10-2gosa7pa2gv~00000000-0-0~zzzzzzzz-mwm0nk74-1')
    expect(formatPositionId(undefined, vector)).toBe('c1~00000000-0-0~mmmmmmmm-10-2gosa7pa2gv~zzzzzzzz-mwm0nk74-1')
    expect(formatPositionId('6mcnqj1z', new Map([['6mcnqj1z', { epoch: 1, offset: 35 }]]))).toBe('c1~6mcnqj1z-1-z')
  })

  it('comes back', () => {
    const key = fc.integer({ min: 0, max: 36 ** 8 - 1 }).map((number) => number.toString(36).padStart(8, '0'))
    const position = fc.record({ epoch: fc.maxSafeNat(), offset: fc.maxSafeNat() })
    const vectors = fc.uniqueArray(fc.tuple(key, position), { selector: ([its]) => its, minLength: 1, maxLength: 32 })
    fc.assert(
      fc.property(vectors, fc.nat(), (entries, index) => {
        const advanced = entries[index % entries.length]![0]
        const id = formatPositionId(advanced, new Map(entries))
        expect(parsePositionId(id)).toEqual({ advanced, positions: new Map(entries) })
        expect(id).toMatch(/^[0-9a-z~-]+$/)
      }),
    )
  })

  const one = '6mcnqj1z-1-1'
  it.each([
    '',
    'c1',
    'c1~',
    '7',
    'c2~6mcnqj1z-1-1',
    ' c1~6mcnqj1z-1-1',
    `c1~${one}~`,
    `c1~${one}~~${one}`,
    'c1~6mcnqj1z-1',
    'c1~6mcnqj1z-1-1-1',
    'c1~6MCNQJ1Z-1-1',
    'c1~6mcnqj1-1-1',
    'c1~6mcnqj1z--1',
    'c1~6mcnqj1z-01-1',
    'c1~6mcnqj1z-1-1\n',
    'c1~6mcnqj1z-1-2gosa7pa2gw',
    'c1~6mcnqj1z-zzzzzzzzzzz-1',
    `c1~${one}~${one}`,
    `c1~${Array.from({ length: 33 }, (_, i) => `000000${i + 10}-1-1`).join('~')}`,
    `c1~${'x'.repeat(5000)}`,
    'earliest',
  ])('%j is opaque', (id) => {
    expect(parsePositionId(id)).toBeUndefined()
    expect(topicOf(id, ['a'])).toBeUndefined()
  })

  it('holds as many topics as a subscription may have, and no more', () => {
    const entries = Array.from(
      { length: maxTopics + 1 },
      (_, i) => [`000000${i + 10}`, { epoch: 1, offset: 1 }] as const,
    )
    const idOf = (count: number): string => formatPositionId(undefined, new Map(entries.slice(0, count)))
    expect(parsePositionId(idOf(maxTopics))?.positions.size).toBe(32)
    expect(parsePositionId(idOf(maxTopics + 1))).toBeUndefined()
  })

  it('tells its topic', () => {
    const id = formatPositionId(
      topicKey('news'),
      new Map([
        [topicKey('news'), { epoch: 1, offset: 1 }],
        [topicKey('a'), { epoch: 1, offset: 1 }],
      ]),
    )
    expect(topicOf(id, ['a', 'news'])).toBe('news')
    expect(topicOf(id, ['a'])).toBeUndefined()
  })
})

it('positions are ordered by epoch, then offset', () => {
  const sorted = [
    { epoch: 1, offset: 0 },
    { epoch: 1, offset: 9 },
    { epoch: 2, offset: 0 },
    { epoch: 10, offset: 1 },
  ]
  expect(sorted.toReversed().sort(comparePositions)).toEqual(sorted)
  expect(comparePositions({ epoch: 1, offset: 1 }, { epoch: 1, offset: 1 })).toBe(0)
})
