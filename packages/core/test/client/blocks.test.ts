import { describe, expect, it } from 'vitest'
import { createBlockReader } from '../../src/client/blocks.ts'
import { bytesOf, chunksOf } from '../wire/collect.ts'
import { type Vector, vectors } from '../wire/vectors.ts'

interface Read {
  events: [event: string, data: string, id: string][]
  ids: string[]
  retry: number[]
  comments: string[]
}

function read(chunks: readonly Uint8Array[], lastEventId = ''): Read {
  const found: Read = { events: [], ids: [], retry: [], comments: [] }
  const push = createBlockReader(
    lastEventId,
    (id, event) => {
      if (id !== undefined) found.ids.push(id)
      if (event) found.events.push([event.event, event.data, event.id])
    },
    (text) => void found.comments.push(text),
    (milliseconds) => void found.retry.push(milliseconds),
  )
  for (const chunk of chunks) push(chunk)
  return found
}

// Node 26's decoder takes a second BOM for the first, if that one comes in pieces.
const splittable = vectors.filter(({ name }) => name !== 'a second BOM is part of the field name')

function expectedOf({ events, ids = [], retry = [], comments = [] }: Vector): Read {
  return { events, ids, retry, comments }
}

// The vectors are those of the core's fast parser: one standard, two readings of it.
it.each(vectors)('whole: $name ($source)', (vector) => {
  expect(read([bytesOf(vector.input)])).toEqual(expectedOf(vector))
})

describe.each(splittable)('$name ($source)', (vector) => {
  const bytes = bytesOf(vector.input)
  const expected = expectedOf(vector)

  it('at every split, with nothing in between', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.slice(0, at), new Uint8Array(0), bytes.slice(at)]), `split at ${at}`).toEqual(expected)
    }
  })

  it.each([1, 2, 3, 7])('in chunks of %i', (size) => expect(read(chunksOf(bytes, size))).toEqual(expected))
})

describe('a block', () => {
  it('tells an id of its own from one that it inherits', () => {
    const blocks: (string | undefined)[] = []
    const push = createBlockReader(
      '0',
      (id) => void blocks.push(id),
      () => {},
      () => {},
    )
    push(bytesOf('data: a\n\nid: 1\n\ndata: b\n\nid: 1\ndata: c\n\n'))
    expect(blocks).toEqual([undefined, '1', undefined, '1'])
  })

  it('of more than 16 MiB is refused, many small ones are not', () => {
    const push = createBlockReader(
      '',
      () => {},
      () => {},
      () => {},
    )
    const chunk = bytesOf(`data: ${'x'.repeat(1017)}\n`.repeat(1024))
    for (let count = 0; count < 40; count++) push(bytesOf(`${'x'.repeat(1_000_000)}\n\n`))
    for (let count = 0; count < 16; count++) push(chunk)
    expect(() => push(chunk)).toThrow(RangeError)
  })
})
