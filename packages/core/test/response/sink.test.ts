import { describe, expect, it } from 'vitest'
import { StreamClosedError } from '../../src/fanout/errors.ts'
import { sinkBodyOf } from '../../src/fanout/sink.ts'
import { Client } from '../support/client.ts'
import { FakeSink } from '../support/fake-sink.ts'
import { get, type Opened, type OpenOptions, openRead, openStream, sinkBody } from '../support/open.ts'
import type { EventStream } from '../../src/response/options.ts'

function attach(options: OpenOptions = {}): Opened & { stream: EventStream; sink: FakeSink } {
  const sink = new FakeSink()
  const opened = openStream(options)
  expect(sinkBody(opened.response).attach(sink)).toBe(true)
  return { ...opened, sink }
}

describe('the sink body', () => {
  it('is found under Symbol.for("holdfast.body"), and says the heartbeat', () => {
    const { response } = openStream({ heartbeat: 1_234 })
    expect(Reflect.get(response.body as object, Symbol.for('holdfast.body'))).toBe(sinkBody(response))
    expect(sinkBody(response).heartbeat).toBe(1_234)
    expect(sinkBody(openStream({ heartbeat: 0 }).response).heartbeat).toBe(0)
    expect(Object.keys(response.body as object)).toEqual([])
  })

  it('is not on foreign, cloned or absent bodies', () => {
    expect(sinkBodyOf(null)).toBeUndefined()
    expect(sinkBodyOf(new Response('a').body)).toBeUndefined()
    expect(sinkBodyOf(openStream().response.clone().body)).toBeUndefined()
  })

  it('survives a response that is made again with other headers', () => {
    const { response } = openStream()
    expect(sinkBodyOf(new Response(response.body, response).body)).toBe(sinkBody(response))
  })
})

describe('attach', () => {
  it('gives the sink all bytes, the first ones at once', async () => {
    const { sink, stream, environment, closes } = attach()
    expect(sink.parsed.hints).toHaveLength(1)
    await stream.send('a')
    environment.turn()
    stream.close()
    expect(sink.data).toEqual(['a'])
    expect(sink.parsed.hints.at(-1)).toEqual({ end: 'done' })
    const bytes = sink.chunks.reduce((sum, { length }) => sum + length, 0)
    expect(closes).toEqual([{ reason: 'ended', duration: 0, events: 1, bytes }])
    expect([sink.ends, sink.aborts, environment.timers]).toEqual([1, [], 0])
  })

  it('takes over what was sent before', async () => {
    const { response, stream, environment } = openStream()
    await stream.send('a')
    environment.turn()
    const sink = new FakeSink()
    sinkBody(response).attach(sink)
    expect([sink.data, sink.parsed.hints.length]).toEqual([['a'], 1])
  })

  it('is refused once the body is read, locked, taken or closed', async () => {
    const read = await openRead()
    expect(sinkBody(read.response).attach(new FakeSink())).toBe(false)
    const locked = openStream()
    const reader = new Client(locked.response)
    expect(sinkBody(locked.response).attach(new FakeSink())).toBe(false)
    await reader.read()
    expect(reader.text).toContain(': hint')
    const taken = attach()
    expect(sinkBody(taken.response).attach(new FakeSink())).toBe(false)
    const closed = openStream({ request: get({ signal: AbortSignal.abort() }) })
    const sink = new FakeSink()
    expect(sinkBody(closed.response).attach(sink)).toBe(false)
    expect(sink.chunks).toEqual([])
  })

  it('is refused to a second sink, which stays untouched', () => {
    const { response } = attach()
    const second = new FakeSink()
    sinkBody(response).attach(second)
    expect([second.chunks, second.onDrain, second.onClose]).toEqual([[], undefined, undefined])
  })
})

describe('a sink', () => {
  it('that is full gets nothing until it drains', async () => {
    const { sink, stream, environment } = attach()
    sink.full = true
    for (const data of ['a', 'b', 'c']) {
      await stream.send(data)
      environment.turn()
    }
    expect(sink.data).toEqual(['a'])
    sink.full = false
    sink.drain()
    expect(sink.data).toEqual(['a', 'b', 'c'])
    sink.drain()
    expect(sink.chunks).toHaveLength(3)
  })

  it.each<[string, (scene: ReturnType<typeof attach>) => unknown]>([
    ['ended', ({ stream }) => stream.close()],
    ['max-age', ({ environment }) => environment.advance(10_000)],
  ])('is ended when the stream closes as %s', async (reason, close) => {
    const scene = attach({ maxAge: 10_000 })
    await close(scene)
    expect(scene.closes).toMatchObject([{ reason }])
    expect([scene.sink.ends, scene.sink.aborts]).toEqual([1, []])
    expect([scene.sink.onDrain, scene.sink.onClose]).toEqual([undefined, undefined])
  })

  it('is cut when it stalls', async () => {
    const { sink, stream, environment, closes } = attach({ stallTimeout: 1_000 })
    sink.full = true
    await stream.send('a')
    environment.turn()
    await stream.send('b')
    environment.turn()
    await environment.advance(1_500)
    expect(closes).toMatchObject([{ reason: 'stalled', events: 1 }])
    expect([sink.ends, sink.aborts]).toEqual([0, [new StreamClosedError('stalled')]])
  })

  it('is cut when the request is aborted', () => {
    const request = new AbortController()
    const { sink, closes } = attach({ request: get({ signal: request.signal }) })
    request.abort()
    expect(closes).toMatchObject([{ reason: 'client-closed' }])
    expect([sink.ends, sink.aborts.length]).toEqual([0, 1])
  })

  it('that closes is neither ended nor cut', () => {
    const { sink, closes, environment } = attach()
    sink.onClose?.('reset')
    expect(closes).toMatchObject([{ reason: 'client-closed', error: 'reset' }])
    expect([sink.ends, sink.aborts, environment.timers]).toEqual([0, [], 0])
  })

  it('that closes within a write leaves nothing behind', async () => {
    for (const at of ['event', 'heartbeat'] as const) {
      const { sink, stream, closes, environment } = attach({ heartbeat: 1_000 })
      sink.onWrite = () => sink.onClose?.()
      sink.full = true
      if (at === 'event') await stream.send('a')
      await environment.advance(at === 'event' ? 0 : 1_050)
      expect(closes).toMatchObject([{ reason: 'client-closed' }])
      expect([environment.timers, environment.queued, sink.chunks.length]).toEqual([0, 0, 2])
      await environment.advance(60_000)
      expect(closes).toHaveLength(1)
    }
  })

  it('beats without a reader', async () => {
    const { sink, environment } = attach({ heartbeat: 1_000 })
    await environment.advance(5_500)
    expect(sink.chunks.length).toBeGreaterThanOrEqual(5)
  })
})

it('the web stream stays silent once a sink has taken over', async () => {
  const { response, stream, environment } = attach()
  await stream.send('a')
  environment.turn()
  const client = new Client(response).follow()
  await environment.settle()
  expect(client.chunks).toEqual([])
})
