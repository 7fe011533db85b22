import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConnectOptions, StandardSchema } from '../../src/client/types.ts'
import { a, b, checkpoint, event, hello, id, Stage } from './stage.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('consuming', () => {
  it('holds the socket back while nobody takes the events', async () => {
    const stage = new Stage(a)
    const exchange = await stage.open(hello + checkpoint(0))
    for (let offset = 1; offset <= 1_000; offset++) await stage.send(exchange, event(offset))
    expect(exchange.pulls).toBeLessThan(300)
    // And its own slowness is not held against the server.
    await stage.advance(60_000)
    expect([stage.exchanges.length, exchange.aborted]).toEqual([1, false])
    stage.listen()
    await stage.settle()
    expect(stage.events).toHaveLength(1_000)
    stage.connection.close()
  })

  it('by listeners stops with the last of them', async () => {
    const stage = new Stage(a)
    const seen: string[] = []
    const stop = stage.connection.on('message', ({ data }) => seen.push(data))
    const exchange = await stage.open(hello + checkpoint(0) + event(1))
    stop()
    await stage.send(exchange, event(2))
    expect(seen).toEqual(['1'])
    stage.connection.on('message', ({ data }) => seen.push(data))
    await stage.settle()
    expect(seen).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('by a loop also calls the listeners', async () => {
    const stage = new Stage(a)
    const seen: string[] = []
    const iterator = stage.connection[Symbol.asyncIterator]()
    stage.connection.on('message', ({ data }) => seen.push(data))
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    expect(seen).toEqual([])
    expect((await iterator.next()).value).toMatchObject({ data: '1' })
    expect(seen).toEqual(['1'])
    stage.connection.close()
  })

  it('begins where the store says, and writes at most once a second', async () => {
    const set = vi.fn<(id: string) => void>()
    const stage = new Stage(a, { store: { get: () => Promise.resolve(id(4)), set } }).listen()
    const exchange = await stage.open(hello + checkpoint(4) + event(5))
    expect(stage.last.lastEventId).toBe(id(4))
    await stage.send(exchange, event(6))
    expect(set).not.toHaveBeenCalled()
    await stage.advance(1_000)
    expect(set.mock.calls).toEqual([[id(6)]])
    await stage.send(exchange, event(7))
    stage.connection.close()
    expect(set.mock.calls).toEqual([[id(6)], [id(7)]])
    expect(stage.environment.timers).toBe(0)
  })

  it('does not begin when the store fails', async () => {
    const stage = new Stage(a, { store: { get: () => Promise.reject(new Error('disk')), set() {} } })
    expect(await stage.collect()).toMatchObject({ error: { code: 'store-failed' } })
    expect(stage.exchanges).toHaveLength(0)
  })

  it('moves with checkpoints, too', async () => {
    const stage = new Stage(a).listen()
    await stage.open(hello + checkpoint(0) + checkpoint(9))
    expect(stage.connection.lastEventId).toBe(id(9))
    stage.connection.close()
  })

  const schema: StandardSchema<number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        Promise.resolve(
          typeof value === 'number' && value < 3 ? { value: value * 10 } : { issues: [{ message: 'too large' }] },
        ),
    },
  }

  it.each<ConnectOptions>([{ schema }, { schema: { message: schema } }])('validates', async (options) => {
    const stage = new Stage(a, options)
    await stage.open(hello + checkpoint(0) + event(1) + event(2) + event(3))
    const values: unknown[] = []
    const error = await (async () => {
      for await (const received of stage.connection) values.push(received.json())
    })().catch((reason: unknown) => reason)
    expect(values).toEqual([10, 20])
    expect(error).toMatchObject({ code: 'invalid-event', cause: [{ message: 'too large' }] })
    expect(stage.connection.lastEventId).toBe(id(2))
  })
})

describe('what is asked for', () => {
  it('acknowledges at a third of the interval, beside the endpoint', async () => {
    const stage = new Stage(`${a}?access_token=x`, { acknowledge: true, heartbeat: 5_000 }).listen()
    const exchange = await stage.open(`: hint heartbeat=5000 ack=9000 conn=c7\n\n${checkpoint(0)}${event(1)}`)
    expect(exchange.url.search).toBe('?access_token=x&heartbeat=5000&ack=1')
    await stage.advance(3_000)
    const { url, method, body, headers } = stage.last
    expect([url.href, method, body]).toEqual(['http://a.test/ack?access_token=x&conn=c7', 'POST', id(1)])
    expect(headers.get('content-type')).toBe('text/plain')
    stage.last.answer(204)
    stage.connection.close()
    await stage.advance(10_000)
    expect([stage.exchanges.length, stage.environment.timers]).toEqual([2, 0])
  })

  it('goes to another origin with positions in the query, from a browser', async () => {
    vi.stubGlobal('location', { href: 'http://page.test/', origin: 'http://page.test' })
    const stage = new Stage(a, { lastEventId: id(3) })
    const opaque = new Stage(a, { lastEventId: 'x' })
    const own = new Stage('/events', { lastEventId: id(3) })
    await stage.settle()
    expect([stage.last.url.searchParams.get('lastEventId'), stage.last.lastEventId]).toEqual([id(3), null])
    expect(opaque.last.lastEventId).toBe('x')
    expect([own.last.url.href, own.last.lastEventId]).toEqual(['http://page.test/events', id(3)])
    expect(stage.last.headers.has('cache-control')).toBe(false)
    for (const { connection } of [stage, opaque, own]) connection.close()
  })

  it('is asked for at once when the network is back', async () => {
    const browser = new EventTarget()
    vi.stubGlobal('location', { href: 'http://a.test/', origin: 'http://a.test' })
    vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser))
    vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser))
    const stage = new Stage(a, { backoff: 10_000 })
    await stage.settle()
    stage.last.refuse()
    await stage.settle()
    expect(stage.connection.status.state).toBe('waiting')
    browser.dispatchEvent(new Event('online'))
    expect(stage.exchanges).toHaveLength(1)
    await stage.advance(200)
    expect(stage.exchanges).toHaveLength(2)
    stage.connection.close()
  })

  it('can be moved on request', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    stage.connection.reconnect()
    await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(1)
    expect([first.aborted, stage.data]).toEqual([true, ['1']])
    stage.connection.close()
  })
})
