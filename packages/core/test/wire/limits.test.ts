import { describe, expect, it } from 'vitest'
import { EventTooLargeError } from '../../src/wire/errors.ts'
import { EventStreamParser } from '../../src/wire/parse.ts'
import { bytesOf, chunksOf, collect } from './collect.ts'

describe('maxEventBytes', () => {
  // The unfinished block counts whole: earlier lines, line ends, comments, bytes rather than characters.
  const blocks: [name: string, block: string][] = [
    ['one line', 'data: 0123456789'],
    ['lines', 'data: 0\nid: 7\nevent: e\ndata: 1'],
    ['a comment', ': 0123456789'],
    ['lines by CRLF', 'data: 0\r\ndata: 1'],
    ['characters of several bytes', 'data: é€😀é€😀'],
    ['a field nobody knows', 'x'.repeat(200)],
    ['lines by CR', 'data: 0\rdata: 1'],
  ]
  const before = ['', 'data: é\n\n', 'data: a\r\n\r\n', 'data: €\r\r', ': x\n\n\n']

  for (const [name, block] of blocks) {
    const limit = bytesOf(block).length
    it(`is reached by ${name}, in any chunks`, () => {
      for (const first of before) {
        if (bytesOf(first).length > limit + 1) continue
        const bytes = bytesOf(`${first}${block}\n\n${block}\r\n\r\n`)
        for (const size of [1, 2, 3, 64, 1000]) {
          expect(
            () => collect(chunksOf(bytes, size), { maxEventBytes: limit }),
            `${JSON.stringify(first)} by ${size}`,
          ).not.toThrow()
          expect(
            () => collect(chunksOf(bytes, size), { maxEventBytes: limit - 1 }),
            `${JSON.stringify(first)} by ${size}`,
          ).toThrow(EventTooLargeError)
        }
      }
    })
  }

  it('dispatches what came before, and stays closed', () => {
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: (event) => events.push(event.data) }, { maxEventBytes: 10 })
    const push = (text: string) => () => parser.push(bytesOf(text))
    expect(push('data: a\n\ndata: 123456789\n\ndata: b\n\n')).toThrow(
      'Cannot parse the event stream: an event is larger than "10" bytes',
    )
    expect(push('data: c\n\n')).toThrow(EventTooLargeError)
    parser.end()
    expect(push('data: d\n\n')).toThrow(expect.objectContaining({ code: 'event-too-large', limit: 10 }))
    expect(events).toEqual(['a'])
  })

  it('takes an event of 15 MiB, and none of 17, by default', () => {
    const chunk = bytesOf('x'.repeat(1024 * 1024))
    let length = 0
    const parser = new EventStreamParser({ onEvent: (event) => (length = event.data.length) })
    parser.push(bytesOf('data:'))
    for (let i = 0; i < 15; i++) parser.push(chunk)
    parser.push(bytesOf('\n\ndata:'))
    expect(length).toBe(15 * 1024 * 1024)
    expect(() => {
      for (let i = 0; i < 17; i++) parser.push(chunk)
    }).toThrow(EventTooLargeError)
  })

  it('can be lifted', () => {
    expect(
      collect([bytesOf(`data:${'x'.repeat(100_000)}\n\n`)], { maxEventBytes: Number.POSITIVE_INFINITY }).events,
    ).toHaveLength(1)
  })
})

describe('a handler that throws', () => {
  const text = 'id: 1\ndata: a\n\n: note\nretry: 1\ndata: b\n\nid: 2\n\ndata: é\r\n\r\ndata: d\r\rdata: e\n\n'
  const calls = [
    'id 1',
    'event a 1',
    'comment note',
    'retry 1',
    'event b 1',
    'id 2',
    'event é 2',
    'event d 2',
    'event e 2',
  ]

  /** Every call throws once it is recorded. */
  function thrower(maxEventBytes?: number) {
    const seen: string[] = []
    const record = (call: string): never => {
      seen.push(call)
      throw new Error(call)
    }
    const parser = new EventStreamParser(
      {
        onEvent: ({ data, id }) => record(`event ${data} ${id}`),
        onRetry: (milliseconds) => record(`retry ${milliseconds}`),
        onComment: (comment) => record(`comment ${comment}`),
        onId: (id) => record(`id ${id}`),
      },
      { maxEventBytes },
    )
    return { parser, seen }
  }

  // A chunk is taken also by a push that throws: what follows is pushed empty, until nothing is thrown.
  function pushAll(parser: EventStreamParser, chunk: Uint8Array): void {
    for (let rest = chunk; ; rest = new Uint8Array(0)) {
      try {
        return parser.push(rest)
      } catch {}
    }
  }

  it.each([1, 2, 5, 70, 1000])('loses nothing and repeats nothing, in chunks of %i', (size) => {
    for (const maxEventBytes of [undefined, 30]) {
      const { parser, seen } = thrower(maxEventBytes)
      for (const chunk of chunksOf(bytesOf(text), size)) pushAll(parser, chunk)
      expect(seen).toEqual(calls)
    }
  })

  it('makes push throw its error, and the next push go on', () => {
    const { parser, seen } = thrower()
    expect(() => parser.push(bytesOf('data: a\n\ndata: b\n\n'))).toThrow('event a')
    expect(() => parser.push(bytesOf('data: c\n\n'))).toThrow('event b')
    expect(() => parser.end()).toThrow('event c')
    expect(seen).toEqual(['event a ', 'event b ', 'event c '])
  })
})

describe('memory', () => {
  it('of a kept id or type does not include the chunk it came in', async () => {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const kept: string[] = []
    const parser = new EventStreamParser({ onEvent: ({ event, id }) => event !== 'message' && kept.push(event, id) })
    const filler = 'data: filler, filler\n\n'.repeat(3000)
    gc()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 500; i++) {
      parser.push(
        bytesOf(
          `event: a-type-with-a-number-${i}\nid: a-long-and-opaque-id-${'x'.repeat(i % 40)}-${i}\ndata: 1\n\n${filler}`,
        ),
      )
    }
    gc()
    expect(kept).toHaveLength(1000)
    // The chunks are 33 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000)
  })
})
