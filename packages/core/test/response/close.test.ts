import { describe, expect, it, vi } from 'vitest'
import type { StreamClose, CloseReason } from '../../src/fanout/stream-close.ts'
import type { EventStream } from '../../src/response/options.ts'
import { Client } from '../support/client.ts'
import { defer } from '../support/defer.ts'
import type { FakeEnvironment } from '../support/fake-environment.ts'
import { get, open, openRead, openStream } from '../support/open.ts'

interface Scene {
  environment: FakeEnvironment
  stream: EventStream
  client: Client
  request: AbortController
  fail(error: unknown): void
}

const ways: { reason: CloseReason; error?: unknown; clean: boolean; close(scene: Scene): unknown }[] = [
  { reason: 'ended', clean: true, close: ({ stream }) => stream.close() },
  { reason: 'failed', clean: true, error: 'broken', close: ({ fail }) => fail('broken') },
  { reason: 'client-closed', clean: true, error: 'bye', close: ({ client }) => client.cancel('bye').catch(() => {}) },
  { reason: 'client-closed', clean: true, error: 'aborted', close: ({ request }) => request.abort('aborted') },
  { reason: 'max-age', clean: true, close: ({ environment }) => environment.advance(100_000) },
]

async function openScene(closes: StreamClose[]): Promise<Scene> {
  const request = new AbortController()
  const streams: EventStream[] = []
  const { promise, reject } = defer()
  const source = (stream: EventStream): Promise<void> => (streams.push(stream), promise)
  const onClose = (close: StreamClose): void => void closes.push(close)
  const opened = open(source, { request: get({ signal: request.signal }), maxAge: 100_000, onClose })
  const client = new Client(opened.response).follow()
  await opened.environment.settle()
  return { environment: opened.environment, stream: streams[0] as EventStream, client, request, fail: reject }
}

describe.each(ways)('a stream closed as $reason', ({ reason, error, clean, close }) => {
  it('says so once, with its numbers, aborts its signal, and leaves no timer', async () => {
    const closes: StreamClose[] = []
    const scene = await openScene(closes)
    const { environment, stream, client } = scene
    const aborted = vi.fn()
    stream.signal.addEventListener('abort', aborted)
    await stream.send('a')
    await environment.advance(1_000)
    await close(scene)
    await environment.settle()
    expect(closes).toHaveLength(1)
    expect(closes[0]).toMatchObject({ reason, events: 1, bytes: client.byteLength })
    expect(closes[0]?.error).toBe(error)
    expect(closes[0]?.duration).toBeGreaterThanOrEqual(1_000)
    expect(aborted).toHaveBeenCalledOnce()
    expect(stream.signal.reason).toMatchObject({ code: 'stream-closed', reason })
    expect([environment.timers, environment.queued, client.error === undefined]).toEqual([0, 0, clean])
  })

  it('stays closed, whatever comes after', async () => {
    const closes: StreamClose[] = []
    const scene = await openScene(closes)
    await close(scene)
    await scene.environment.settle()
    for (const again of ways) await again.close(scene)
    void scene.stream.send('late')
    scene.stream.comment('late')
    await scene.environment.advance(200_000)
    expect(closes).toMatchObject([{ reason }])
    expect(scene.client.text).not.toContain('late')
    expect([scene.environment.timers, scene.environment.queued]).toEqual([0, 0])
  })
})

describe('closing', () => {
  it('from within onClose and the abort event is harmless', async () => {
    const closes: StreamClose[] = []
    const { stream, environment, client } = await openRead({
      onClose: (close) => {
        closes.push(close)
        stream.close()
        void stream.send('a')
      },
    })
    stream.signal.addEventListener('abort', () => {
      stream.close()
      void stream.send('b')
    })
    stream.close()
    await environment.settle()
    expect(closes).toHaveLength(1)
    expect(client.data).toEqual([])
    expect(client.ended).toBe(true)
  })

  it('waits for a client that is slow to take the rest, and then says when', async () => {
    const { stream, environment, response, closes } = openStream()
    await stream.send('a')
    stream.close()
    expect(stream.signal.aborted).toBe(true)
    await environment.advance(3_000)
    expect(closes).toEqual([])
    const client = new Client(response).follow()
    await environment.settle()
    expect(client.data).toEqual(['a'])
    expect(closes).toEqual([{ reason: 'ended', duration: 3_000, events: 1, bytes: client.byteLength }])
  })

  it('notices a request that is aborted while the rest is waiting', async () => {
    const request = new AbortController()
    const { stream, environment, closes } = openStream({ request: get({ signal: request.signal }), stallTimeout: 0 })
    stream.close()
    await environment.settle()
    request.abort()
    expect(closes).toMatchObject([{ reason: 'client-closed', bytes: 0 }])
    expect(environment.timers).toBe(0)
  })

  it('ignores a request that is aborted after it, as Deno does', async () => {
    const request = new AbortController()
    const { stream, environment, closes, client } = await openRead({ request: get({ signal: request.signal }) })
    stream.close()
    await environment.settle()
    request.abort()
    expect(closes).toMatchObject([{ reason: 'ended' }])
    expect(client.error).toBeUndefined()
  })

  it('takes its listener off the request', async () => {
    const request = get()
    const added = vi.spyOn(request.signal, 'addEventListener')
    const removed = vi.spyOn(request.signal, 'removeEventListener')
    const { stream, environment } = await openRead({ request })
    stream.close()
    await environment.settle()
    expect(added).toHaveBeenCalledOnce()
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener))
  })

  it('leaves the timer of other streams alone', async () => {
    const first = await openRead({ heartbeat: 1_000 })
    const second = await openRead({ heartbeat: 1_000, environment: first.environment })
    expect(first.environment.timers).toBe(1)
    await first.client.cancel()
    expect(first.environment.timers).toBe(1)
    await first.environment.advance(1_050)
    expect(second.client.chunks).toHaveLength(2)
    await second.client.cancel()
    expect(first.environment.timers).toBe(0)
  })

  it('reaches both halves of a cloned body', async () => {
    const { stream, environment, response, closes } = openStream()
    const clients = [new Client(response.clone()), new Client(response)]
    for (const client of clients) client.follow()
    await stream.send('a')
    stream.close()
    await environment.settle()
    expect(clients.map(({ data, ended }) => [data, ended])).toEqual([
      [['a'], true],
      [['a'], true],
    ])
    expect(closes).toHaveLength(1)
  })
})
