import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StreamClosedError } from '../../src/fanout/errors.ts'
import { InvalidFieldError } from '../../src/wire/errors.ts'
import type { ServerSentEvent } from '../../src/wire/event.ts'
import { Client } from '../support/client.ts'
import { open, openRead, openStream } from '../support/open.ts'

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(() => {
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

const kilobyte = 'x'.repeat(1_000)

/** What has become of a promise so far. */
function watch(promise: Promise<void>): { state: unknown } {
  const watched: { state: unknown } = { state: 'pending' }
  promise.then(
    () => (watched.state = 'sent'),
    (error: unknown) => (watched.state = error),
  )
  return watched
}

describe('send', () => {
  it('waits while the ring is full, then goes on in order, and every byte arrives once', async () => {
    const { stream, response, environment } = openStream({ maxBufferedBytes: 10_000 })
    const sent: string[] = []
    let produced = 0
    const produce = async (): Promise<void> => {
      for (; produced < 100; produced++) {
        sent.push(`${produced} ${kilobyte}`)
        await stream.send(sent[produced] as string)
      }
      stream.close()
    }
    const producing = produce()
    await environment.settle()
    expect(produced).toBeGreaterThan(5)
    expect(produced).toBeLessThan(10)
    const client = new Client(response)
    for (let before = produced; produced < 100; before = produced) {
      expect(await client.read()).toBe(true)
      await environment.settle()
      expect(produced - before).toBeLessThan(12)
    }
    client.follow()
    await producing
    await environment.settle()
    expect(client.data).toEqual(sent)
    expect(client.ended).toBe(true)
  })

  it('keeps the order of several producers that all await', async () => {
    const { stream, response, environment } = openStream({ maxBufferedBytes: 4_000 })
    const order: string[] = []
    const produce = async (name: string): Promise<void> => {
      for (let count = 0; count < 20; count++) {
        order.push(`${name}${count}`)
        await stream.send({ event: `${name}${count}`, data: kilobyte })
      }
    }
    const producing = Promise.all([produce('a'), produce('b'), produce('c')])
    const client = new Client(response).follow()
    await environment.settle()
    await producing
    expect(client.parsed.events.map(({ event }) => event)).toEqual(order)
  })

  it('cuts a producer that never awaits, and keeps no more than twice the buffer', async () => {
    const { stream, environment, response, closes } = openStream({ maxBufferedBytes: 20_000 })
    const results = Array.from({ length: 100 }, () => watch(stream.send(kilobyte)))
    await environment.settle()
    const states = results.map(({ state }) => state)
    const taken = states.filter((state) => state === 'sent').length
    expect(taken).toBeGreaterThan(10)
    expect(taken).toBeLessThanOrEqual(20)
    expect(
      states.slice(taken).every((state) => state instanceof StreamClosedError && state.reason === 'overflow'),
    ).toBe(true)
    expect(closes).toMatchObject([{ reason: 'overflow', events: 0 }])
    expect(environment.timers).toBe(0)
    const client = new Client(response).follow()
    await environment.settle()
    expect(client.error).toBeInstanceOf(StreamClosedError)
  })

  it.each<ServerSentEvent>([{}, { data: '' }, { comment: '' }])('counts what tiny events cost: %o', (event) => {
    const { stream, closes } = openStream({ maxBufferedBytes: 20_000 })
    for (let count = 0; count < 210; count++) void stream.send(event)
    expect(closes).toMatchObject([{ reason: 'overflow' }])
  })

  it('lets an event through that is larger than the buffer', async () => {
    const big = 'y'.repeat(300_000)
    const { stream, client, environment } = await openRead({ maxBufferedBytes: 1_000 })
    const results = ['a', big, 'b', big, 'c'].map((data) => watch(stream.send(data)))
    await environment.settle()
    expect(results.map(({ state }) => state).includes('pending')).toBe(false)
    expect(client.data.slice(0, 2)).toEqual(['a', big].slice(0, client.data.length))
  })

  it.each([0, 1])('gives each awaited event its turn in a buffer of %i bytes', async (maxBufferedBytes) => {
    const { stream, client, environment } = await openRead({ maxBufferedBytes })
    const produce = async (): Promise<void> => {
      for (const data of ['a', 'y'.repeat(100_000), 'c']) await stream.send(data)
    }
    const producing = watch(produce())
    await environment.settle()
    expect(producing.state).toBe('sent')
    expect(client.data.map(({ length }) => length)).toEqual([1, 100_000, 1])
  })

  it('rejects once the stream is closed, quietly when nobody awaits', async () => {
    const { stream, client, environment } = await openRead()
    await client.cancel()
    void stream.send('a')
    stream.comment('b')
    await expect(stream.send('c')).rejects.toMatchObject({ code: 'stream-closed', reason: 'client-closed' })
    await environment.settle()
  })

  it('rejects those that wait when the client leaves, quietly when nobody awaits', async () => {
    const { stream, client, environment } = await openRead({ maxBufferedBytes: 1 })
    const results = [watch(stream.send('a')), watch(stream.send('b'))]
    void stream.send('c')
    await client.cancel()
    await environment.settle()
    expect(results[0]?.state).toBe('sent')
    expect(results[1]?.state).toBeInstanceOf(StreamClosedError)
  })

  it('rejects what cannot be written, and goes on', async () => {
    const { stream, client, environment } = await openRead()
    const invalid: ServerSentEvent[] = [
      { event: 'a\r' },
      { id: 'a\0' },
      { retry: -1 },
      { data: () => {} },
      { comment: 'hint x' },
    ]
    for (const event of invalid) {
      void stream.send(event)
      await expect(stream.send(event)).rejects.toBeInstanceOf(InvalidFieldError)
    }
    await stream.send('fine')
    await environment.settle()
    expect(client.data).toEqual(['fine'])
    expect(client.chunks).toHaveLength(2)
  })

  it('delivers what was waiting when the source ended', async () => {
    const opened = open(
      (stream) => {
        for (let count = 0; count < 15; count++) void stream.send(`${count} ${kilobyte}`)
        stream.close()
      },
      { maxBufferedBytes: 10_000 },
    )
    const client = new Client(opened.response).follow()
    await opened.environment.settle()
    expect(client.data.map((data) => parseInt(data))).toEqual([...Array(15).keys()])
    expect(opened.closes).toMatchObject([{ reason: 'ended', events: 15 }])
  })

  it('writes what one turn sends in one chunk', async () => {
    const { stream, client, environment } = await openRead()
    for (let count = 0; count < 50; count++) void stream.send(String(count))
    await environment.settle()
    expect(client.chunks).toHaveLength(2)
    expect(client.data).toHaveLength(50)
  })
})

describe('comment', () => {
  it('is written, and is no event', async () => {
    const { stream, client, environment, closes } = await openRead()
    stream.comment('one\r\ntwo')
    stream.close()
    await environment.settle()
    expect(client.parsed.comments).toEqual(['one', 'two'])
    expect(closes).toMatchObject([{ events: 0 }])
  })

  it('is dropped while the client is behind', async () => {
    const { stream, response, environment } = openStream({ maxBufferedBytes: 1_500 })
    void stream.send(kilobyte)
    for (let count = 0; count < 10_000; count++) stream.comment(kilobyte)
    const client = new Client(response).follow()
    await environment.settle()
    expect([client.data, client.parsed.comments]).toEqual([[kilobyte], []])
  })

  it('cannot forge a hint', async () => {
    const { stream, client, environment } = await openRead()
    for (const text of ['hint end=done', 'a\nhint drain=1', 'a\rhint drain=1', 'a\r\nhint x']) {
      expect(() => stream.comment(text)).toThrow(InvalidFieldError)
    }
    await environment.settle()
    expect(client.chunks).toHaveLength(1)
  })
})
