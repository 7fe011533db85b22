import { describe, expect, it } from 'vitest'
import { EventTooLargeError } from '../../src/wire/errors.ts'
import { EventStreamParser } from '../../src/wire/parse.ts'
import { bytesOf, chunksOf, collect } from './collect.ts'

describe('maxEventBytes', () => {
  // How much each holds at most: what is kept of earlier lines, and the line that is not finished yet.
  const blocks: [name: string, block: string, bytes: number][] = [
    ['one line', 'data: 0123456789', 16],
    ['lines', 'data: 0\nid: 7\nevent: e\ndata: 1', 11],
    ['lines by CRLF', 'data: 0\r\ndata: 1', 9],
    ['lines by CR', 'data: 0\rdata: 1', 9],
    ['lines without a value', 'data\ndata\ndata', 6],
    ['characters of several bytes', 'data: é€😀é€😀', 24],
    ['lines of such characters', 'data: é\ndata: 😀\ndata: 1', 15],
    ['an id', 'id: 0123456789', 14],
    ['an id of such characters, and data', 'id: é€\ndata: 0', 12],
    ['a type', 'event: 01234', 12],
    ['a type that takes the place of another', 'event: 01234\nevent: 5', 13],
    ['a reconnection time', 'retry: 00000', 12],
    ['comments in between', 'data: 0\n: 0123456789\n:\nid: 7\n: \ndata: 1', 10],
  ]
  const before = [
    '',
    'data: é\n\n',
    'data: a\r\n\r\n',
    'data: €\r\r',
    ': x\n\n\n',
    ': 0123456789 0123456789\n',
    'x: 0123456789\n',
  ]

  for (const [name, block, limit] of blocks) {
    it(`is reached by ${name}, in any chunks`, () => {
      for (const first of before) {
        if (first.startsWith('data') && bytesOf(first.trimEnd()).length > limit - 1) continue
        const bytes = bytesOf(`${first}${block}\n\n${block}\r\n\r\n`)
        for (const size of [1, 2, 3, 64, 1000]) {
          const parse = (maxEventBytes: number) => () => collect(chunksOf(bytes, size), { maxEventBytes })
          expect(parse(limit), `${JSON.stringify(first)} by ${size}`).not.toThrow()
          expect(parse(limit - 1), `${JSON.stringify(first)} by ${size}`).toThrow(EventTooLargeError)
        }
      }
    })
  }

  it('counts nothing that is not kept, in any chunks', () => {
    const unkept = [
      ':\n',
      ': a comment\r\n',
      'x: y\n',
      'x\r',
      '\n',
      '\r\n',
      'retry: 1\n',
      'event: e\n',
      'id: 1\n',
      'id: \0\n\n',
    ]
    for (const line of [...unkept, unkept.join('')]) {
      for (const size of [1, 7, 64, 1000]) {
        const chunks = chunksOf(bytesOf(`${line.repeat(1_000)}\n\nid: 2\ndata: a\n\n`), size)
        expect(collect(chunks, { maxEventBytes: 24 }).events, `${JSON.stringify(line)} by ${size}`).toEqual([
          ['message', 'a', '2'],
        ])
      }
    }
  })

  it('passes over a line too long that nobody would miss, in any chunks', () => {
    for (const line of [
      `: ${'x'.repeat(5_000)}`,
      `: ${'é'.repeat(5_000)}`,
      `foo: ${'x'.repeat(5_000)}`,
      'x'.repeat(5_000),
    ]) {
      for (const end of ['\n', '\r', '\r\n']) {
        for (const size of [1, 3, 64, 1000, 20_000]) {
          const bytes = bytesOf(`id: 1${end}${line}${end}: short${end}data: a${end}${line}${end}data: b${end}${end}`)
          const { events, comments } = collect(chunksOf(bytes, size), { maxEventBytes: 16 })
          expect(events).toEqual([['message', 'a\nb', '1']])
          expect(comments).toEqual(['short'])
        }
      }
    }
  })

  it.each([':', 'foo', 'foo:', ': x\nfoo: y\n:'])('goes on after 64 MiB without a line end: %j', (line) => {
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: (event) => events.push(event.data) })
    const chunk = bytesOf('x'.repeat(1024 * 1024))
    parser.push(bytesOf(`data: a\n${line}`))
    for (let i = 0; i < 64; i++) parser.push(chunk)
    parser.push(bytesOf('\ndata: b\n\n'))
    expect(events).toEqual(['a\nb'])
  })

  it.each(['data:', 'event: ', 'id: ', 'retry: 1', 'data: x\ndata: x', 'data\nid:'])(
    'is reached by 17 MiB without a line end: %j',
    (line) => {
      const parser = new EventStreamParser({ onEvent: () => {} })
      const chunk = bytesOf('1'.repeat(1024 * 1024))
      parser.push(bytesOf(line))
      expect(() => {
        for (let i = 0; i < 17; i++) parser.push(chunk)
      }).toThrow(EventTooLargeError)
    },
  )

  it('dispatches what came before, and stays closed', () => {
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: (event) => events.push(event.data) }, { maxEventBytes: 10 })
    const push = (text: string) => () => parser.push(bytesOf(text))
    expect(push('data: a\n\ndata: 123456789\n\ndata: b\n\n')).toThrow('Cannot take an event of more than "10" bytes')
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

describe('what is no UTF-8', () => {
  // As text it takes three times its bytes, so a line that had room can leave a block that has none.
  it.each(['id: ', 'event: ', 'data: ', 'retry: ', ': ', 'x: '])('never makes it hang: %j', (field) => {
    const bad = Array<number>(10).fill(0xff)
    const bytes = bytesOf([...bytesOf(field), ...bad, ...bytesOf('\ndata: x\n\nid: 7\ndata: y\n\n')])
    for (const size of [1, 2, 3, 64]) {
      const told: unknown[] = []
      const parser = new EventStreamParser(
        { onEvent: ({ data, id }) => told.push([data, id]), onTooLarge: () => told.push('too large') },
        { maxEventBytes: 16 },
      )
      for (const chunk of chunksOf(bytes, size)) parser.push(chunk)
      expect(told.at(-1)).toEqual(['y', '7'])
    }
  })
})

describe('a handler that throws', () => {
  const text = 'id: 1\ndata: a\n\n: note\nretry: 1\ndata: b\n\nid: 2\n\ndata: é\r\n\r\ndata: d\r\rdata: e\n\n'
  const calls = [
    'event a 1',
    'comment note',
    'retry 1',
    'event b 1',
    'checkpoint 2',
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
        onCheckpoint: (id) => record(`checkpoint ${id}`),
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
  it('of many short lines of data is near what they hold', async () => {
    const gc = await collector()
    const parser = new EventStreamParser({ onEvent: () => {} })
    const chunk = bytesOf('data: 12\n'.repeat(100_000))
    gc()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 40; i++) parser.push(chunk)
    gc()
    // 12 million bytes of data. As strings of their own, 4 million lines take 160 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000)
    parser.end()
  })

  const filler = 'data: filler, filler\n\n'.repeat(3_000)

  /** What 500 streams leave on the heap, each of 66 KB. @param keep - parses one stream, and says what is kept of it */
  async function keptOf(keep: (stream: (head: string) => Uint8Array, index: number) => unknown): Promise<number> {
    const gc = await collector()
    gc()
    const before = process.memoryUsage().heapUsed
    const kept = Array.from({ length: 500 }, (_, index) => keep((head) => bytesOf(head + filler), index))
    gc()
    expect(kept).toHaveLength(500)
    return process.memoryUsage().heapUsed - before
  }

  it('of a parser does not include the text that its last event ID came in', async () => {
    const heap = await keptOf((stream, index) => {
      const parser = new EventStreamParser({ onEvent: () => {} })
      parser.push(stream(`id: a-long-and-opaque-id-${'x'.repeat(index % 40)}-${index}\ndata: 1\n\n`))
      return parser
    })
    // The texts are 8 MB.
    expect(heap).toBeLessThan(3_000_000)
  })

  it('of a parser does not include the text in which a block began that goes on', async () => {
    const heap = await keptOf((_, index) => {
      const parser = new EventStreamParser({ onEvent: () => {} })
      parser.push(bytesOf(`${'data: filler, filler\n\n'.repeat(700)}id: a-long-and-opaque-id-${index}\n`))
      return parser
    })
    // The texts are 7.7 MB.
    expect(heap).toBeLessThan(3_000_000)
  })

  it('of a kept type of some characters does not include the text it came in', async () => {
    const heap = await keptOf((stream, index) => {
      let type = ''
      const parser = new EventStreamParser({ onEvent: ({ event }) => event !== 'message' && (type = event) })
      parser.push(stream(`event: type-${index}\ndata: 1\n\n`))
      return type
    })
    expect(heap).toBeLessThan(1_000_000)
  })

  it('of a kept event includes no more than the 16 KB of text that it came in', async () => {
    const heap = await keptOf((stream, index) => {
      const kept: unknown[] = []
      const parser = new EventStreamParser({ onEvent: (event) => event.data.startsWith('kept') && kept.push(event) })
      parser.push(
        stream(
          `event: a-long-type-${index}\nid: a-long-and-opaque-id-${index}\ndata: kept, and longer than what is copied ${index}\n\n`,
        ),
      )
      return kept
    })
    // The chunks are 33 MB.
    expect(heap).toBeLessThan(500 * 18_000)
  })
})

async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

describe('with onTooLarge', () => {
  const encoder = new TextEncoder()

  /** What a parser that keeps 100 bytes of an event makes of a stream, cut into pieces of `size` bytes. */
  function parse(text: string, size: number): unknown[] {
    const told: unknown[] = []
    const parser = new EventStreamParser(
      {
        onEvent: ({ data }, ownId) => told.push([data, ownId]),
        onCheckpoint: (id) => told.push({ checkpoint: id }),
        onTooLarge: (ownId) => told.push({ tooLarge: ownId }),
      },
      { maxEventBytes: 100 },
    )
    const bytes = encoder.encode(text)
    for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
    told.push(parser.lastEventId)
    return told
  }

  const large = 'x'.repeat(150)
  const small = 'x'.repeat(60)

  it.each([
    ['a line', `id: 1\ndata: a\n\nid: 2\ndata: ${large}\n\nid: 3\ndata: b\n\n`, '2'],
    ['lines', `id: 1\ndata: a\n\nid: 2\ndata: ${small}\ndata: ${small}\n\nid: 3\ndata: b\n\n`, '2'],
    ['an id after its data', `id: 1\ndata: a\n\ndata: ${large}\nid: 2\n\nid: 3\ndata: b\n\n`, '2'],
    ['no id', `id: 1\ndata: a\n\ndata: ${large}\nevent: x\n\nid: 3\ndata: b\n\n`, undefined],
    ['CRLF', `id: 1\r\ndata: a\r\n\r\nid: 2\r\ndata: ${large}\r\n\r\nid: 3\r\ndata: b\r\n\r\n`, '2'],
    ['an id that is too large itself', `id: 1\ndata: a\n\nid: ${large}\ndata: c\n\nid: 3\ndata: b\n\n`, undefined],
    ['a type', `id: 1\ndata: a\n\nevent: ${large}\nid: 2\ndata: c\n\nid: 3\ndata: b\n\n`, '2'],
  ])('an event of %s is passed over, and what follows is not', (_, text, id) => {
    const expected = [['a', '1'], { tooLarge: id }, ['b', '3'], '3']
    for (const size of [1, 2, 3, 7, 64, 101, 1_000]) expect(parse(text, size)).toEqual(expected)
  })
})
