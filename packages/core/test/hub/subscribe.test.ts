import { describe, expect, it } from 'vitest'
import { parsePositionId, topicKey } from '../../src/wire/position.ts'
import type { Broker } from '../../src/hub/broker/broker.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { openHub } from '../support/hub.ts'
import { respondWith } from '../../src/response/event-stream.ts'
import { get } from '../support/open.ts'
import { Client } from '../support/client.ts'
import type { StreamClose } from '../../src/fanout/stream-close.ts'

describe('subscribe', () => {
  it('gives events with their topic, type and id', async () => {
    const { hub, environment } = openHub()
    const iterator = hub.subscribe(['a', 'b'])[Symbol.asyncIterator]()
    const first = iterator.next()
    await environment.settle()
    await hub.publish('b', { event: 'tick', data: { n: 1 } })
    await environment.settle()
    const { value } = await first
    expect(value).toMatchObject({ topic: 'b', event: 'tick', data: '{"n":1}' })
    expect(parsePositionId((value as { id: string }).id)?.advanced).toBe(topicKey('b'))
    await iterator.return?.()
    expect(hub.stats().topics).toBe(0)
  })

  it('ends when the signal is aborted, before, while waiting, and while joining', async () => {
    const { hub, environment } = openHub()
    const aborter = new AbortController()
    const iterators = [0, 1].map(() => hub.subscribe(['a'], { signal: aborter.signal })[Symbol.asyncIterator]())
    const waiting = iterators[0]?.next()
    await environment.settle()
    const joining = iterators[1]?.next()
    aborter.abort()
    expect([await waiting, await joining]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    const late = hub.subscribe(['a'], { signal: aborter.signal })[Symbol.asyncIterator]()
    expect(await late.next()).toEqual({ done: true, value: undefined })
    await environment.settle()
    expect([hub.stats().topics, environment.timers]).toEqual([0, 0])
  })

  it('can be left while it waits: a return is not parked behind the next event', async () => {
    const { hub, environment } = openHub()
    const iterator = hub.subscribe(['a'])[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await environment.settle()
    expect(await iterator.return?.()).toMatchObject({ done: true })
    expect(await waiting).toMatchObject({ done: true })
    await environment.settle()
    expect(hub.stats().topics).toBe(0)
  })

  it('is a source for a response, which leaves it when its client leaves', async () => {
    const { hub, environment } = openHub()
    const closes: StreamClose[] = []
    const response = respondWith(get(), hub.subscribe(['a']), { onClose: (close) => closes.push(close) }, environment)
    const client = new Client(response).follow()
    await environment.settle()
    const { id } = await hub.publish('a', { event: 'x', data: 'y' })
    await environment.settle()
    expect(client.parsed.events).toEqual([{ event: 'x', data: 'y', id }])
    await client.cancel()
    await environment.settle()
    expect([closes.length, hub.stats().topics, environment.timers]).toEqual([1, 0, 0])
  })

  it('breaks out of a loop and unsubscribes', async () => {
    const { hub, environment } = openHub()
    const loop = (async () => {
      for await (const { data } of hub.subscribe(['a'])) if (data === '2') return data
      return undefined
    })()
    await environment.settle()
    await hub.publish('a', [{ data: 1 }, { data: 2 }, { data: 3 }])
    await environment.settle()
    expect(await loop).toBe('2')
    expect(hub.stats().topics).toBe(0)
  })

  it('loses nothing when the loop is slower than the topic', async () => {
    const { hub, environment } = openHub()
    const iterator = hub.subscribe(['a'])[Symbol.asyncIterator]()
    const first = iterator.next()
    await environment.settle()
    for (let count = 0; count < 300; count++) await hub.publish('a', { data: `${count} ${'x'.repeat(10_000)}` })
    await environment.settle()
    expect((await first).value).toMatchObject({ data: expect.stringMatching(/^0 /) as string })
    for (let count = 1; count < 300; count++) {
      const { value } = await iterator.next()
      expect(parseInt((value as { data: string }).data)).toBe(count)
    }
    await iterator.return?.()
    expect(hub.stats().topics).toBe(0)
  })

  it('holds one chunk for a loop that does not read, and leaves the rest to the ring and the history', async () => {
    const { hub, environment } = openHub({ stream: { maxBufferedBytes: 20_000 } })
    const iterator = hub.subscribe(['a'])[Symbol.asyncIterator]()
    await environment.settle()
    for (let count = 0; count < 300; count++) {
      await hub.publish('a', { data: `${count} ${'x'.repeat(1_000)}` })
      await environment.settle()
    }
    for (let count = 0; count < 300; count++) {
      const reading = iterator.next()
      await environment.settle()
      expect(parseInt(((await reading).value as { data: string }).data)).toBe(count)
    }
    await iterator.return?.()
  })

  it('reads JSON data', async () => {
    const { hub, environment } = openHub()
    const reading = hub.subscribe(['a'])[Symbol.asyncIterator]().next()
    await environment.settle()
    await hub.publish('a', { data: { n: [1] } })
    await environment.settle()
    expect((await reading).value?.json()).toEqual({ n: [1] })
    await hub.close()
  })

  it('tells its loop of a broker that cannot be read, once, and is over', async () => {
    const broker = memoryBroker()
    await broker.publish('a', [{ data: '1' }])
    const cause = new Error('unreachable')
    const unreadable: Broker = { ...broker, read: () => Promise.reject(cause) }
    const { hub, environment } = openHub({ broker: unreadable })
    await expect(hub.subscribe(['a'])[Symbol.asyncIterator]().next()).rejects.toBe(cause)
    await environment.settle()
    expect([hub.stats().topics, environment.timers]).toEqual([0, 0])
  })

  it('tells its loop of a broker that cannot be read any more', async () => {
    const broker = memoryBroker()
    let readable = true
    const cause = new Error('unreachable')
    const flaky: Broker = {
      ...broker,
      read: (...request) => (readable ? broker.read(...request) : Promise.reject(cause)),
    }
    const { hub, environment } = openHub({ broker: flaky })
    const living = hub.subscribe(['a'])[Symbol.asyncIterator]()
    await environment.settle()
    await hub.publish('a', { data: '1' })
    readable = false
    const iterator = hub.subscribe(['a'], { lastEventId: 'earliest' })[Symbol.asyncIterator]()
    const failing = iterator.next().catch((error: unknown) => error)
    await environment.advance(60_000)
    expect(await failing).toMatchObject({ code: 'broker-unavailable', cause })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect((await living.next()).value).toMatchObject({ data: '1' })
    await living.return?.()
    expect([hub.stats().topics, environment.timers]).toEqual([0, 0])
  })
})
