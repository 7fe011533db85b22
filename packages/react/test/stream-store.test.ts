import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type StreamPlan, StreamStore } from '../src/stream-store.ts'

const settleTime = 50
const id = 'c1~6mcnqj1z-1-5'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

function storeOf(plan: Partial<StreamPlan<undefined>>): StreamStore<undefined> {
  return new StreamStore({
    endpoints: 'http://a.test/events',
    options: {},
    isShared: false,
    limit: 100,
    initial: undefined,
    reduce: undefined,
    ...plan,
  })
}

function streamOf(text: string): Response {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)) })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

it('goes on from where it was, though no event had come', async () => {
  const asked: (string | null)[] = []
  const fetch = (async (_: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get('last-event-id'))
    return streamOf(`: hint heartbeat=0 topics=a\n\nid: ${id}\n\n`)
  }) as typeof globalThis.fetch
  const store = storeOf({ options: { fetch } })
  for (let look = 0; look < 2; look++) {
    const leave = store.subscribe(() => {})
    await vi.advanceTimersByTimeAsync(settleTime)
    await vi.waitFor(() => expect(store.snapshot().status.state).toBe('open'))
    await vi.advanceTimersByTimeAsync(settleTime)
    leave()
    await vi.advanceTimersByTimeAsync(settleTime)
  }
  expect(asked).toEqual([null, id])
})

it('tells who looks what it cannot be opened for', async () => {
  const store = storeOf({ endpoints: 'no URL' })
  const look = vi.fn()
  const leave = store.subscribe(look)
  await vi.advanceTimersByTimeAsync(settleTime)
  expect(look).toHaveBeenCalled()
  expect(store.snapshot().failure).toMatchObject({ error: { code: 'invalid-option' } })
  leave()
})
