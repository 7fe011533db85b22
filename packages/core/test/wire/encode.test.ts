import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeEvent, formatBody, formatEvent, formatId } from '../../src/wire/encode.ts'
import { InvalidFieldError } from '../../src/wire/errors.ts'
import type { ServerSentEvent } from '../../src/wire/event.ts'
import { bytesOf, collect } from './collect.ts'

const written: [name: string, event: ServerSentEvent, text: string][] = [
  ['data', { data: 'a' }, 'data: a\n\n'],
  ['data with a leading space', { data: ' a' }, 'data:  a\n\n'],
  ['empty data', { data: '' }, 'data: \n\n'],
  ['lines of data', { data: 'a\r\nb\rc\n\nd\n' }, 'data: a\ndata: b\ndata: c\ndata: \ndata: d\ndata: \n\n'],
  ['JSON', { data: { a: ['x\ny', null], b: undefined } }, 'data: {"a":["x\\ny",null]}\n\n'],
  ['null, numbers, booleans', { data: null }, 'data: null\n\n'],
  ['a number', { data: -0.5 }, 'data: -0.5\n\n'],
  ['toJSON', { data: new Date(0) }, 'data: "1970-01-01T00:00:00.000Z"\n\n'],
  [
    'everything',
    { comment: 'c', retry: 0, id: '1', event: 'e', data: 'd' },
    ': c\nretry: 0\nid: 1\nevent: e\ndata: d\n\n',
  ],
  ['the default type, unwritten', { event: 'message', data: 'a' }, 'data: a\n\n'],
  ['an empty type, unwritten', { event: '', data: 'a' }, 'data: a\n\n'],
  ['an empty id, which resets', { id: '' }, 'id: \n\n'],
  ['an id only', { id: '7' }, 'id: 7\n\n'],
  ['a retry only', { retry: 10 }, 'retry: 10\n\n'],
  ['a comment only', { comment: 'a\nb\r\n\r' }, ': a\n: b\n: \n: \n'],
  ['an empty comment', { comment: '' }, ': \n'],
  ['a type only, which dispatches nothing', { event: 'e' }, 'event: e\n\n'],
  ['nothing', {}, '\n'],
  ['a BOM', { data: '\uFEFFa' }, 'data: \uFEFFa\n\n'],
]

const refused: [field: InvalidFieldError['field'], event: object][] = [
  ['event', { event: 'a\nb' }],
  ['event', { event: 'a\rdata: x' }],
  ['event', { event: 1 }],
  ['event', { event: null }],
  ['id', { id: 'a\n' }],
  ['id', { id: '\r' }],
  ['id', { id: 'a\0' }],
  ['id', { id: 7 }],
  ['id', { id: Object.create(null) }], // it has no text
  ['retry', { retry: -1 }],
  ['retry', { retry: 1.5 }],
  ['retry', { retry: Number.NaN }],
  ['retry', { retry: 2 ** 53 }],
  ['retry', { retry: '10' }],
  ['comment', { comment: 'hint end=done' }],
  ['comment', { comment: 'a\rhint x' }],
  ['comment', { comment: 'a\nhint ' }],
  ['comment', { comment: {} }],
  ['data', { data: () => 1 }],
  ['data', { data: Symbol('x') }],
  ['data', { data: 1n }],
  ['data', { data: { deep: [1n] } }],
  ['data', { data: Number.NaN }],
  ['data', { data: Number.POSITIVE_INFINITY }],
  ['data', { data: new Uint8Array(2) }],
  ['data', { data: new DataView(new ArrayBuffer(2)) }],
  ['data', { data: new ArrayBuffer(2) }],
  ['data', { data: new SharedArrayBuffer(2) }],
  ['data', { data: { toJSON: () => undefined } }],
  [
    'data',
    {
      data: {
        toJSON: () => {
          throw new Error('no')
        },
      },
    },
  ],
]

describe('formatEvent', () => {
  it.each(written)('%s', (_, event, text) => {
    expect(formatEvent(event)).toBe(text)
    expect(encodeEvent(event)).toEqual(bytesOf(text))
  })

  it.each(refused)('refuses %s in %o', (field, event) => {
    expect(() => formatEvent(event as ServerSentEvent)).toThrow(
      expect.objectContaining({ code: 'invalid-field', field }),
    )
  })

  it('refuses cycles', () => {
    const data: unknown[] = []
    data.push(data)
    expect(() => formatEvent({ data })).toThrow(InvalidFieldError)
  })

  it('quotes what it refuses, shortened', () => {
    expect(() => formatEvent({ id: `\0${'x'.repeat(1000)}` })).toThrow(
      /^Cannot write id "\\u0000x{79}": it must be a string without CR, LF or NUL$/,
    )
  })

  it('replaces lone surrogates when encoded', () => {
    expect(collect([encodeEvent({ data: 'a\uD800b' })]).events).toEqual([['message', 'a\uFFFDb', '']])
  })
})

it('an id line before a body is the event', () => {
  expect(formatId('1') + formatBody({ event: 'e', data: 'd' })).toBe(formatEvent({ id: '1', event: 'e', data: 'd' }))
})

describe('whatever is written is what is read', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\0',
        ' ',
        ':',
        '\uFEFF',
        'data:',
        'id: 1',
        'event',
        'retry: 5',
        'hint ',
        '\u2028',
        'é',
        '€',
        '😀',
        'a',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 30,
  })
  const line = hostile.map((text) => text.replace(/[\r\n\0]/g, ''))
  const event: fc.Arbitrary<ServerSentEvent> = fc.record(
    {
      event: line,
      id: line,
      data: fc.oneof(hostile, fc.jsonValue()),
      retry: fc.nat(),
      comment: hostile.map((text) => text.replace(/hint +/g, 'hint')),
    },
    { requiredKeys: [] },
  )

  it('in any chunks', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
        (events, sizes) => {
          const bytes = bytesOf(events.map(formatEvent).join(''))
          const chunks: Uint8Array[] = []
          for (let at = 0; at < bytes.length;) chunks.push(bytes.slice(at, (at += sizes.next().value as number)))
          const read = collect(chunks)
          expect(read.events).toEqual(expected(events))
          expect(read.retry).toEqual(events.flatMap(({ retry }) => retry ?? []))
          expect(read.ids).toEqual(events.flatMap(({ id }) => id ?? []))
          expect(read.comments).toEqual(events.flatMap(({ comment }) => comment?.split(/\r\n|\r|\n/) ?? []))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('also when it is read and written again', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 4 }), (events) => {
        const first = collect([bytesOf(events.map(formatEvent).join(''))]).events
        const again = first.map(([type, data, id]) => formatEvent({ event: type, data, id })).join('')
        expect(collect([bytesOf(again)]).events).toEqual(first)
      }),
    )
  })

  function expected(events: ServerSentEvent[]): [string, string, string][] {
    let lastId = ''
    return events.flatMap(({ event: type, data, id }) => {
      lastId = id ?? lastId
      if (data === undefined) return []
      const text = typeof data === 'string' ? data.replace(/\r\n?/g, '\n') : JSON.stringify(data)
      return [[type || 'message', text, lastId] as [string, string, string]]
    })
  }
})
