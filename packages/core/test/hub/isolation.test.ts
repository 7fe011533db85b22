import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HubEvent } from '../../src/hub/types.ts'
import { sinkBodyOf } from '../../src/fanout/sink.ts'
import { FakeSink } from '../support/fake-sink.ts'
import { follow, join, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const report = vi.spyOn(console, 'error')
beforeEach(() => void report.mockImplementation(() => {}))
afterEach(() => void report.mockReset())

/** A hub with a subscriber that writes to a sink, between two others. */
async function openWithSink() {
  const scene = openHub()
  const before = await follow(scene, ['a'])
  const sink = new FakeSink()
  const response = await scene.hub.respond(get(), { topics: ['a'] })
  sinkBodyOf(response.body)?.attach(sink)
  const after = await follow(scene, ['a'])
  return { scene, before, sink, after }
}

describe('one subscriber', () => {
  it('that does not read never slows the others or the publisher', async () => {
    const scene = openHub({ stream: { maxBufferedBytes: 20_000 } })
    const slow = await join(scene, ['a'])
    const fast = await follow(scene, ['a'])
    for (let count = 0; count < 200; count++) {
      await scene.hub.publish('a', { data: `${count} ${'x'.repeat(1_000)}` })
      await scene.environment.settle()
      expect(parseInt(fast.data.at(-1) as string)).toBe(count)
    }
    expect(fast.data).toHaveLength(200)
    expect(slow.data).toHaveLength(0)
    await scene.environment.advance(20_000)
    expect(scene.closes).toMatchObject([{ reason: 'stalled', topics: ['a'] }])
    expect(await scene.hub.count('a')).toBe(1)
  })

  it('whose onClose, onOpen or filter throws harms nobody', async () => {
    const own = (): never => {
      throw new Error('own')
    }
    const scene = openHub({ onOpen: own, onClose: own })
    const bad = await follow(scene, ['a'], { filter: own, stream: { onClose: own } })
    const good = await follow(scene, ['a'])
    await expect(scene.hub.publish('a', { data: 1 })).resolves.toMatchObject({ duplicate: false })
    await scene.environment.settle()
    expect([good.data, bad.data]).toEqual([['1'], []])
    await bad.cancel()
    await scene.hub.publish('a', { data: 2 })
    await scene.environment.settle()
    expect(good.data).toEqual(['1', '2'])
    expect(scene.hub.stats().subscribers).toBe(1)
    expect(report).toHaveBeenCalled()
  })

  it('that is disconnected as it opens has a body that ends', async () => {
    const scene: ReturnType<typeof openHub> = openHub({
      onOpen: ({ identity }) => void scene.hub.disconnect({ identity }),
    })
    const response = await scene.hub.respond(get(), { topics: ['a'], identity: 'ann' })
    expect(await response.text()).toBe('')
    expect(scene.closes).toMatchObject([{ reason: 'disconnected', identity: 'ann' }])
    expect(await scene.hub.count('a')).toBe(0)
  })

  it('that has left before it is answered has a body that ends', async () => {
    const scene = openHub()
    const response = await scene.hub.respond(get({ signal: AbortSignal.abort() }), { topics: ['a'] })
    expect(await response.text()).toBe('')
    expect(scene.closes).toMatchObject([{ reason: 'client-closed' }])
  })

  it('whose sink closes within a write harms nobody', async () => {
    const { scene, before, sink, after } = await openWithSink()
    sink.onWrite = () => sink.onClose?.('reset')
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    expect([before.data, after.data]).toEqual([['1'], ['1']])
    expect(scene.closes).toMatchObject([{ reason: 'client-closed', error: 'reset' }])
  })

  it('whose sink throws harms nobody, and is closed', async () => {
    const { scene, before, sink, after } = await openWithSink()
    sink.onWrite = () => {
      throw new Error('EPIPE')
    }
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    await scene.hub.publish('a', { data: 2 })
    await scene.environment.settle()
    expect([before.data, after.data]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ])
    expect(scene.closes).toMatchObject([{ reason: 'client-closed', error: new Error('EPIPE') }])
  })

  it('that leaves in the middle of a burst leaves nothing behind', async () => {
    const scene = openHub()
    const clients = await Promise.all(Array.from({ length: 20 }, () => join(scene, ['a'])))
    for (let count = 0; count < 20; count++) {
      await scene.hub.publish('a', { data: 'x'.repeat(50_000) })
      await clients[count]?.cancel()
    }
    await scene.environment.settle()
    expect(scene.hub.stats()).toMatchObject({ subscribers: 0, topics: 0, closes: { 'client-closed': 20 } })
    expect([scene.environment.timers, scene.environment.queued]).toEqual([0, 0])
  })
})

describe('a filter', () => {
  it('sees each event and decides for its own stream', async () => {
    const scene = openHub()
    const seen: HubEvent[] = []
    const filter = (event: HubEvent): boolean => (seen.push(event), event.data !== '2')
    const filtered = await follow(scene, ['a', 'b'], { filter })
    const whole = await follow(scene, ['a', 'b'])
    for (const [topic, data] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      await scene.hub.publish(topic, { event: 'n', data })
    await scene.environment.settle()
    expect([filtered.data, whole.data]).toEqual([
      ['1', '3'],
      ['1', '2', '3'],
    ])
    expect(seen.map(({ topic, event, data }) => [topic, event, data])).toEqual([
      ['a', 'n', '1'],
      ['b', 'n', '2'],
      ['a', 'n', '3'],
    ])
    expect(seen.map(({ id }) => id)).toEqual(whole.parsed.events.map(({ id }) => id))
  })

  it('that takes nothing does not end the stream, whose heartbeat tells where it is', async () => {
    const scene = openHub({ stream: { heartbeat: 1_000 } })
    const client = await follow(scene, ['a'], { filter: () => false })
    const { id } = await scene.hub.publish('a', { data: 1 })
    await scene.environment.advance(1_100)
    expect(client.data).toEqual([])
    expect(client.parsed.lastEventId).toBe(id)
    await client.cancel()
    expect(scene.closes).toMatchObject([{ reason: 'client-closed', events: 0 }])
  })
})
