import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EventTooLargeError, InvalidFieldError } from '../../src/wire/errors.ts'
import type { ReceivedEvent, ServerSentEvent } from '../../src/wire/event.ts'
import { readEventStream } from '../../src/wire/read.ts'
import { EventStreamDecoderStream, EventStreamEncoderStream } from '../../src/wire/streams.ts'
import { bytesOf } from './collect.ts'

function streamOf<T>(...chunks: T[]): ReadableStream<T> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

/** A source under the test's control that records its cancellation. */
function source() {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const cancelled: unknown[] = []
  const stream = new ReadableStream<Uint8Array>({
    start: (its) => void (controller = its),
    cancel: (reason) => void cancelled.push(reason),
  })
  return {
    stream,
    cancelled,
    write: (text: string) => controller.enqueue(bytesOf(text)),
    fail: (error: unknown) => controller.error(error),
  }
}

async function dataOf(events: AsyncIterable<ReceivedEvent>): Promise<string[]> {
  const data: string[] = []
  for await (const event of events) data.push(event.data)
  return data
}

describe('EventStreamDecoderStream', () => {
  it('decodes, and tells retry and comments', async () => {
    const told: unknown[] = []
    const decoder = new EventStreamDecoderStream({
      lastEventId: '1',
      onRetry: (ms) => told.push(ms),
      onComment: (text) => told.push(text),
    })
    const events = await Array.fromAsync(
      streamOf(bytesOf(': hi\nretry: 5\ndata: a\n\nda'), bytesOf('ta: b\n\ndata: c')).pipeThrough(decoder),
    )
    expect(events).toMatchObject([{ event: 'message', data: 'a', id: '1' }, { data: 'b' }])
    expect(told).toEqual(['hi', 5])
  })

  it('errors at an event that is too large', async () => {
    const events = streamOf(bytesOf('data: 123456')).pipeThrough(new EventStreamDecoderStream({ maxEventBytes: 10 }))
    await expect(events.getReader().read()).rejects.toThrow(EventTooLargeError)
  })
})

describe('EventStreamEncoderStream', () => {
  it('encodes what the decoder decodes', async () => {
    const events: ServerSentEvent[] = [{ data: 'a\nb', id: '1' }, { event: 'x', data: { y: 1 } }, { data: '' }]
    const decoded = streamOf(...events)
      .pipeThrough(new EventStreamEncoderStream())
      .pipeThrough(new EventStreamDecoderStream())
    expect(await Array.fromAsync(decoded)).toMatchObject([
      { event: 'message', data: 'a\nb', id: '1' },
      { event: 'x', data: '{"y":1}', id: '1' },
      { event: 'message', data: '', id: '1' },
    ])
  })

  it('writes received events again as they are', async () => {
    const text = 'event: x\nid: 1\ndata: a\n\ndata: b\n\n'
    const again = streamOf(bytesOf(text))
      .pipeThrough(new EventStreamDecoderStream())
      .pipeThrough(new EventStreamEncoderStream())
    const events = await Array.fromAsync(readEventStream(again))
    expect(events.map(({ event, data, id }) => [event, data, id])).toEqual([
      ['x', 'a', '1'],
      ['message', 'b', '1'],
    ])
  })

  it('errors at an event that cannot be written', async () => {
    const bytes = streamOf<ServerSentEvent>({ event: 'a\nb' }).pipeThrough(new EventStreamEncoderStream())
    await expect(bytes.getReader().read()).rejects.toThrow(InvalidFieldError)
  })
})

describe('readEventStream', () => {
  it('reads a response', async () => {
    expect(await dataOf(readEventStream(new Response('data: a\n\ndata: b\n\ndata: c\n')))).toEqual(['a', 'b'])
  })

  it('cancels the source when the loop is left', async () => {
    const { stream, cancelled, write } = source()
    write('data: a\n\ndata: b\n\n')
    const events = readEventStream(stream)
    for await (const event of events) if (event.data === 'a') break
    expect(cancelled).toHaveLength(1)
    expect(stream.locked).toBe(false)
    expect(await events.next()).toEqual({ value: undefined, done: true })
  })

  it('returns while it waits for a chunk', async () => {
    const { stream, cancelled } = source()
    const events = readEventStream(stream)
    const waiting = events.next()
    expect(await events.return?.()).toEqual({ value: undefined, done: true })
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(cancelled).toHaveLength(1)
  })

  it('throws what the source fails with, after the events before it, once', async () => {
    const { stream, write, fail } = source()
    const events = readEventStream(stream)
    const first = events.next()
    write('data: a\n\ndata: b\n\n')
    expect((await first).value.data).toBe('a')
    fail(new Error('reset'))
    expect((await events.next()).value.data).toBe('b')
    await expect(events.next()).rejects.toThrow('reset')
    expect((await events.next()).done).toBe(true)
  })

  it('cancels the source at an event that is too large', async () => {
    const { stream, cancelled, write } = source()
    write('data: a\n\ndata: 123456789')
    const events = readEventStream(stream, { maxEventBytes: 10 })
    expect((await events.next()).value.data).toBe('a')
    await expect(events.next()).rejects.toThrow(EventTooLargeError)
    expect(cancelled).toHaveLength(1)
  })

  it('serves overlapping calls of next in their order', async () => {
    const { stream, write } = source()
    const events = readEventStream(stream)
    const waiting = [events.next(), events.next(), events.next()]
    write('data: a\n\n')
    write('data: b\n\ndata: c\n\n')
    expect((await Promise.all(waiting)).map(({ value }) => value.data)).toEqual(['a', 'b', 'c'])
  })

  it('is cut by its signal', async () => {
    const { stream, cancelled, write } = source()
    const controller = new AbortController()
    const events = readEventStream(stream, { signal: controller.signal })
    write('data: a\n\ndata: b\n\n')
    await events.next()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(events.next()).rejects.toBe(reason)
    expect(cancelled).toEqual([reason])
    const other = source()
    const waiting = readEventStream(other.stream, { signal: AbortSignal.abort(reason) }).next()
    await expect(waiting).rejects.toBe(reason)
    expect(other.cancelled).toEqual([reason])
  })

  it('is cut by its signal while it waits', async () => {
    const { stream } = source()
    const controller = new AbortController()
    const waiting = readEventStream(stream, { signal: controller.signal }).next()
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('refuses a body that is not there or is being read', async () => {
    expect(() => readEventStream(new Response(null))).toThrow(
      /^Cannot read the event stream: the response has no body$/,
    )
    const used = new Response('x')
    await used.text()
    const { stream } = source()
    stream.getReader()
    // Of a fetch that unlocks what was read.
    const read = { body: new Response('').body, bodyUsed: true }
    for (const each of [used, stream, read]) {
      expect(() => readEventStream(each)).toThrow(
        /^Cannot read the event stream: its body is being read already, or was$/,
      )
    }
  })

  it('reads only on demand', async () => {
    let pulled = 0
    const stream = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.enqueue(bytesOf(`data: ${pulled++}\n\n`)) },
      { highWaterMark: 0 },
    )
    const events = readEventStream(stream)
    await events.next()
    for (let turn = 0; turn < 5; turn++) await nextTurn()
    expect(pulled).toBe(1)
    await events.return?.()
  })
})
