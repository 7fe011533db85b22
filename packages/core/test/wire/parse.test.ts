import { describe, expect, it } from 'vitest'
import { EventStreamParser } from '../../src/wire/parse.ts'
import { bytesOf, chunksOf, collect } from './collect.ts'
import { vectors } from './vectors.ts'

describe.each(vectors)('$name ($source)', (vector) => {
  const bytes = bytesOf(vector.input)
  const expected = {
    events: vector.events,
    retry: vector.retry ?? [],
    comments: vector.comments ?? [],
    ids: vector.ids ?? [],
    checkpoints: vector.checkpoints ?? [],
    lastEventId: vector.lastEventId ?? vector.events.at(-1)?.[2] ?? '',
    reconnectionTime: vector.retry?.at(-1),
  }

  it('whole', () => expect(collect([bytes])).toEqual(expected))

  it('at every split', () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(collect([bytes.slice(0, at), bytes.slice(at)]), `split at ${at}`).toEqual(expected)
    }
  })

  it.each([1, 2, 3, 7, 70])('in chunks of %i', (size) => expect(collect(chunksOf(bytes, size))).toEqual(expected))

  it('after a chunk that is not tiny', () => {
    const long = bytesOf(`:${'x'.repeat(700)}\n\n`)
    const comments = ['x'.repeat(700), ...expected.comments]
    if (bytes[0] === 0xef) return
    for (let at = 0; at <= bytes.length; at++) {
      const first = new Uint8Array([...long, ...bytes.slice(0, at)])
      expect(collect([first, bytes.slice(at)]), `split at ${at}`).toEqual({ ...expected, comments })
    }
  })
})

describe('EventStreamParser', () => {
  it('dispatches at a CR at once', () => {
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: (event) => events.push(event.data) })
    parser.push(bytesOf('data: a\r\r'))
    expect(events).toEqual(['a'])
    parser.push(bytesOf('\ndata: b\r\n\r'))
    expect(events).toEqual(['a', 'b'])
  })

  it('begins with the last event ID it is given', () => {
    expect(collect([bytesOf('data: a\n\nid: 2\ndata: b\n\n')], { lastEventId: '1' }).events).toEqual([
      ['message', 'a', '1'],
      ['message', 'b', '2'],
    ])
  })

  it('changes the last event ID at the end of a block', () => {
    const parser = new EventStreamParser({ onEvent: () => {} })
    parser.push(bytesOf('id: 1\n'))
    expect(parser.lastEventId).toBe('')
    parser.push(bytesOf('\n'))
    expect(parser.lastEventId).toBe('1')
  })

  it('tells the id line of an event from the id of an earlier one, and a checkpoint from both', () => {
    const calls: unknown[] = []
    const parser = new EventStreamParser({
      onEvent: ({ data, id }, ownId) => calls.push([data, id, ownId]),
      onCheckpoint: (id) => calls.push(id),
    })
    parser.push(bytesOf('data: a\nid: 1\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\nid\n\nid: 3\0\n\n'))
    expect(calls).toEqual([['a', '1', '1'], ['b', '1', undefined], '2', ['c', '2', undefined], ['d', '', ''], ''])
  })

  it('parses another stream after end, with the last event ID and without the unfinished block', () => {
    const events: string[][] = []
    const parser = new EventStreamParser({ onEvent: ({ event, data, id }) => events.push([event, data, id]) })
    parser.push(bytesOf('id: 1\nretry: 5\n\nid: 2\nevent: x\ndata: a\ndata: b\ndat'))
    parser.end()
    parser.push(bytesOf('\uFEFFdata: c\n\n'))
    expect(events).toEqual([['message', 'c', '1']])
    expect(parser.reconnectionTime).toBe(5)
  })

  it('takes a subclass of Uint8Array and a view into a larger buffer', () => {
    const buffer = bytesOf('xxdata: a\n\nyy')
    expect(collect([buffer.subarray(2, 11)]).events).toEqual([['message', 'a', '']])
    expect(collect([Buffer.from('data: ü\n\n')]).events).toEqual([['message', 'ü', '']])
  })

  it('does not keep the chunk', () => {
    const events: string[] = []
    const parser = new EventStreamParser({ onEvent: (event) => events.push(event.data) })
    const chunk = new Uint8Array(3)
    for (const part of chunksOf(bytesOf('data: €bc\n\n'), 3)) {
      chunk.fill(0)
      chunk.set(part)
      parser.push(chunk.subarray(0, part.length))
    }
    expect(events).toEqual(['€bc'])
  })

  it('reads events as JSON', () => {
    let value: unknown
    const parser = new EventStreamParser({ onEvent: (event) => (value = event.json()) })
    parser.push(bytesOf('data: {"a":\ndata: [1]}\n\n'))
    expect(value).toEqual({ a: [1] })
    expect(() => parser.push(bytesOf('data: {\n\n'))).toThrow(SyntaxError)
  })

  it('parses one long line of many small chunks in linear time', () => {
    const size = 4 * 1024 * 1024
    const parser = new EventStreamParser({ onEvent: (event) => (length = event.data.length) })
    let length = 0
    parser.push(bytesOf('data: '))
    const chunk = bytesOf('x'.repeat(16))
    for (let at = 0; at < size; at += 16) parser.push(chunk)
    parser.push(bytesOf('\n\n'))
    expect(length).toBe(size)
    // It takes 20 ms; were each chunk to copy what came before it, 500 GB would be moved.
  }, 20_000)
})
