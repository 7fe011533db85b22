import { describe, expect, it } from 'vitest'
import type { StreamSource } from '../../src/response/options.ts'
import type { ServerSentEvent } from '../../src/wire/event.ts'
import { Client } from '../support/client.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { get, open, type Opened } from '../support/open.ts'

const events: (ServerSentEvent | string)[] = [
  'a',
  { event: 'tick', data: { n: 1 }, id: '7' },
  'two\nlines',
  { data: 'c' },
]
const received = [
  { event: 'message', data: 'a', id: '' },
  { event: 'tick', data: '{"n":1}', id: '7' },
  { event: 'message', data: 'two\nlines', id: '7' },
  { event: 'message', data: 'c', id: '7' },
]

async function* generate(): AsyncGenerator<ServerSentEvent | string, string> {
  yield* events
  return 'not an event'
}

/** An iterator with nothing but `next`. */
function bare(): AsyncIterable<ServerSentEvent | string> {
  const values = [...events]
  const next = async (): Promise<IteratorResult<ServerSentEvent | string>> => {
    const value = values.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

const sources: { name: string; source(): StreamSource }[] = [
  { name: 'an async generator', source: generate },
  { name: 'an iterator without return', source: bare },
  {
    name: 'a ReadableStream',
    source: () =>
      new ReadableStream({
        start(controller) {
          for (const event of events) controller.enqueue(event)
          controller.close()
        },
      }),
  },
  {
    name: 'an async function that awaits',
    source: () => async (stream) => {
      for (const event of events) await stream.send(event)
    },
  },
  {
    name: 'an async function that does not await',
    source: () => async (stream) => {
      for (const event of events) void stream.send(event)
    },
  },
  {
    name: 'a function that closes',
    source: () => (stream) => {
      for (const event of events) void stream.send(event)
      stream.close()
    },
  },
]

async function readAll(opened: Opened): Promise<Client> {
  const client = new Client(opened.response).follow()
  await opened.environment.settle()
  return client
}

describe.each(sources)('$name', ({ source }) => {
  it('is delivered, then ended as done', async () => {
    const opened = open(source())
    const client = await readAll(opened)
    expect(client.parsed.events).toEqual(received)
    expect(client.ended).toBe(true)
    expect(client.text.endsWith(': hint end=done\n\n')).toBe(true)
    expect(opened.closes).toEqual([{ reason: 'ended', duration: 0, events: 4, bytes: client.byteLength }])
    expect(opened.environment.timers).toBe(0)
  })

  it('is delivered to one who comes late', async () => {
    const opened = open(source())
    await opened.environment.advance(5_000)
    const client = await readAll(opened)
    expect(client.parsed.events).toEqual(received)
    expect(opened.closes).toMatchObject([{ reason: 'ended', duration: 5_000 }])
  })
})

describe('a function that returns nothing', () => {
  it('leaves the stream open', async () => {
    const opened = open((stream) => void stream.send('a'))
    const client = await readAll(opened)
    expect(client.data).toEqual(['a'])
    expect([client.ended, opened.closes]).toEqual([false, []])
  })
})

describe('a source that cannot be read', () => {
  const locked = (): ReadableStream<string> => {
    const stream = new ReadableStream<string>()
    stream.getReader()
    return stream
  }
  const broken = (): AsyncIterable<string> => ({
    [Symbol.asyncIterator](): never {
      throw new TypeError('no iterator')
    },
  })

  it.each([
    ['a locked ReadableStream', locked],
    ['an iterable that throws', broken],
    ['no source at all', () => ({}) as unknown as StreamSource],
  ])('is refused at once and leaves nothing behind: %s', async (_, source) => {
    for (const method of ['GET', 'HEAD']) {
      const environment = new FakeEnvironment()
      const closes: unknown[] = []
      expect(() =>
        open(source(), { environment, request: get({ method }), onClose: (close) => closes.push(close) }),
      ).toThrow(TypeError)
      await environment.settle()
      expect([environment.timers, environment.queued, closes]).toEqual([0, 0, []])
    }
  })
})

describe('a request that was aborted before', () => {
  it.each(sources)('closes the stream and stops the source: $name', async ({ source }) => {
    const opened = open(source(), { request: get({ signal: AbortSignal.abort('gone') }) })
    await opened.environment.settle()
    expect(opened.closes).toMatchObject([{ reason: 'client-closed', error: 'gone', events: 0, bytes: 0 }])
    expect(opened.environment.timers).toBe(0)
  })
})
