import { describe, expect, it, vi } from 'vitest'
import type { ConnectOptions } from '../../src/client/types.ts'
import { a, b, checkpoint, event, hello, id, Stage } from './stage.ts'

describe('what cannot be connected to', () => {
  it.each<{ what: string; endpoints: string | string[]; redundancy?: string }>([
    { what: 'no endpoint', endpoints: [] },
    { what: 'no URL', endpoints: '/events' },
    { what: 'an unknown redundancy', endpoints: a, redundancy: 'stanby' },
  ])('is refused at once: $what', ({ endpoints, redundancy }) => {
    expect(() => new Stage(endpoints, { redundancy } as ConnectOptions)).toThrow(TypeError)
  })
})

describe('an answer', () => {
  it('204 is final', async () => {
    const stage = new Stage([a, b])
    await stage.settle()
    stage.last.answer(204)
    expect(await stage.collect()).toEqual({ data: [], error: undefined })
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'no-content' })
    expect(stage.environment.timers).toBe(0)
  })

  it('401 asks the provider once more, at the same endpoint', async () => {
    const headers = vi.fn(() => Promise.resolve({ authorization: `${headers.mock.calls.length}` }))
    const stage = new Stage([a, b], { headers })
    await stage.settle()
    const { host } = stage.last
    stage.last.answer(401)
    await stage.settle()
    expect([stage.last.host, stage.last.headers.get('authorization')]).toEqual([host, '2'])
    stage.last.answer(401)
    expect(await stage.collect()).toMatchObject({ error: { code: 'unauthorized', status: 401 } })
    expect(stage.exchanges).toHaveLength(2)
  })

  it('401 is final without a provider', async () => {
    const stage = new Stage([a, b], { headers: { authorization: 'x' } })
    await stage.settle()
    stage.last.answer(401)
    expect(await stage.collect()).toMatchObject({ error: { code: 'unauthorized' } })
  })

  it('403 is final when the provider has nothing new', async () => {
    const stage = new Stage(a, { headers: () => ({ authorization: 'x' }) })
    await stage.settle()
    stage.last.answer(403)
    expect(await stage.collect()).toMatchObject({ error: { code: 'forbidden' } })
    expect(stage.exchanges).toHaveLength(1)
  })

  it.each([404, 405, 406, 410, 501])('%i is final only when all endpoints say so', async (status) => {
    const stage = new Stage([a, b])
    await stage.settle()
    stage.last.answer(status)
    await stage.settle()
    expect(stage.exchanges).toHaveLength(2)
    stage.last.answer(404)
    expect(await stage.collect()).toMatchObject({ error: { code: 'no-event-stream', status: 404 } })
  })

  it('of another type is none', async () => {
    const stage = new Stage(a)
    await stage.settle()
    stage.last.answer(200, { 'content-type': 'text/html' })
    expect(await stage.collect()).toMatchObject({ error: { code: 'no-event-stream', status: 200 } })
  })

  it('400 is reported, and the position is not dropped', async () => {
    const stage = new Stage(a, { lastEventId: id(3) })
    await stage.settle()
    stage.last.answer(400)
    expect(await stage.collect()).toMatchObject({ error: { code: 'bad-request' } })
    expect(stage.connection.lastEventId).toBe(id(3))
  })

  it('503 is tried elsewhere at once, and there not before Retry-After', async () => {
    const stage = new Stage([a, b])
    await stage.settle()
    const first = stage.last
    first.answer(503, { 'retry-after': '20' })
    await stage.settle()
    expect(stage.exchanges).toHaveLength(2)
    stage.last.answer(503, { 'retry-after': '7' })
    await stage.advance(6_900)
    expect(stage.exchanges).toHaveLength(2)
    await stage.advance(3_000)
    expect(stage.exchanges).toHaveLength(3)
    expect(stage.last.host).not.toBe(first.host)
    stage.connection.close()
  })

  it('that does not come is waited for 10 s', async () => {
    const stage = new Stage(a)
    await stage.advance(9_999)
    expect(stage.last.aborted).toBe(false)
    await stage.advance(1)
    expect(stage.exchanges[0]?.aborted).toBe(true)
    stage.connection.close()
  })
})

describe('the end', () => {
  it('of the source completes the iteration', async () => {
    const stage = new Stage(a)
    await stage.open(hello + checkpoint(0) + event(1) + ': hint end=done\n\n')
    expect(await stage.collect()).toEqual({ data: ['1'], error: undefined })
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
  })

  it('of a source that broke off is thrown', async () => {
    const stage = new Stage(a)
    await stage.open(hello + checkpoint(0) + event(1) + ': hint end=failed\n\n')
    expect(await stage.collect()).toMatchObject({ data: ['1'], error: { code: 'source-failed' } })
  })

  it('by a signal throws its reason, and clears everything', async () => {
    const controller = new AbortController()
    const stage = new Stage([a, b], { signal: controller.signal })
    const exchange = await stage.open(hello + checkpoint(0) + event(1))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await stage.collect()).toEqual({ data: [], error: reason })
    expect([exchange.aborted, stage.environment.timers]).toEqual([true, 0])
  })

  it('by a signal that was aborted before asks for nothing', async () => {
    const stage = new Stage(a, { signal: AbortSignal.abort() })
    await stage.settle()
    expect(stage.exchanges).toHaveLength(0)
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'aborted' })
  })

  it('by leaving the loop closes', async () => {
    const stage = new Stage(a)
    const exchange = await stage.open(hello + checkpoint(0) + event(1) + event(2))
    for await (const { data } of stage.connection) {
      expect(data).toBe('1')
      break
    }
    expect([exchange.aborted, stage.environment.timers]).toEqual([true, 0])
    expect(stage.connection.lastEventId).toBe(id(1))
  })
})

describe('a request that is not GET', () => {
  const post = { method: 'POST', body: 'prompt' }

  it('is made once, and resumed by GET where the answer says', async () => {
    const stage = new Stage([a, b], post).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1), { 'content-location': '/runs/7' })
    await stage.advance(6_000)
    first.cut()
    await stage.advance(200)
    expect(stage.exchanges.map(({ method }) => method)).toEqual(['POST', 'GET'])
    expect(stage.last.url.pathname).toBe('/runs/7')
    expect([stage.last.lastEventId, stage.last.body]).toEqual([id(1), undefined])
    await stage.open(hello + checkpoint(1) + event(2))
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('is resumed from the start where nothing was heard', async () => {
    const stage = new Stage(a, { ...post, resumeUrl: 'http://b.test/runs/8' }).listen()
    const first = await stage.open()
    first.cut()
    await stage.advance(2_000)
    expect(stage.last.url.href).toBe('http://b.test/runs/8?lastEventId=earliest')
    stage.connection.close()
  })

  it.each([{}, { 'content-location': 'http://elsewhere.test/runs/7' }])(
    'ends where it cannot be resumed: %j',
    async (headers) => {
      const stage = new Stage([a, b], post)
      const first = await stage.open(hello + checkpoint(0) + event(1), headers)
      first.cut()
      expect(await stage.collect()).toMatchObject({ data: ['1'], error: { code: 'not-resumable' } })
      expect(stage.exchanges).toHaveLength(1)
    },
  )

  it('is not repeated when nobody knows what became of it', async () => {
    const stage = new Stage([a, b], post)
    await stage.advance(5_000)
    expect(stage.exchanges).toHaveLength(1)
    stage.last.refuse()
    expect(await stage.collect()).toMatchObject({ error: { code: 'not-resumable' } })
    expect(stage.exchanges).toHaveLength(1)
  })

  it('is not made again by any hint of the server', async () => {
    const stage = new Stage([a, b], post)
    const first = await stage.open(hello + checkpoint(0) + ': hint shed=1 drain=1000 standby=1\n\n' + event(1))
    await stage.advance(20_000)
    stage.connection.reconnect()
    await stage.advance(2_000)
    expect([stage.exchanges.length, first.aborted]).toEqual([1, false])
    stage.connection.close()
  })

  it('is like any other when it is idempotent', async () => {
    const stage = new Stage([a, b], { ...post, idempotent: true })
    await stage.settle()
    stage.last.refuse()
    await stage.settle()
    expect(stage.exchanges.map(({ method }) => method)).toEqual(['POST', 'POST'])
    stage.connection.close()
  })
})
