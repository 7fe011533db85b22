import { describe, expect, it } from 'vitest'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'
import type { Trace, TraceMessages } from '../../src/hub/trace.ts'
import { follow, join, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'
import { outageBroker } from '../support/outage.ts'

type Told = { [Name in keyof TraceMessages]: [Name, TraceMessages[Name]] }[keyof TraceMessages]

function tracer(): { told: Told[]; trace: Trace } {
  const told: Told[] = []
  return { told, trace: (name, message) => void told.push([name, message] as Told) }
}

const resumingAt = (id: string) => ({ request: get({ headers: { 'last-event-id': id } }) })

describe('counts', () => {
  it('streams that resume, and the events that they had missed', async () => {
    const scene = openHub()
    const { hub, environment } = scene
    const { id } = await hub.publish('a', { data: 1 })
    await hub.publish('a', [{ data: 2 }, { data: 3 }])
    await follow(scene, ['a'])
    expect(hub.stats()).toMatchObject({ resumed: 0, replayed: 0 })
    const client = await follow(scene, ['a'], resumingAt(id))
    await hub.publish('a', { data: 4 })
    await environment.settle()
    expect(client.data).toEqual(['2', '3', '4'])
    expect(hub.stats()).toMatchObject({ resumed: 1, replayed: 2, delivered: 4 })
    await follow(scene, ['a'], { request: get({}, '?lastEventId=earliest') })
    expect(hub.stats()).toMatchObject({ resumed: 1, replayed: 6 })
  })

  it('what a filter takes out of a replay not at all', async () => {
    const scene = openHub()
    const { id } = await scene.hub.publish('a', { data: 1 })
    await scene.hub.publish('a', [{ data: 2 }, { data: 3 }])
    await follow(scene, ['a'], { ...resumingAt(id), filter: ({ data }) => data === '3' })
    expect(scene.hub.stats().replayed).toBe(1)
  })

  it('gaps by their reason', async () => {
    const scene = openHub({ broker: memoryBroker({ maxEvents: 1 }) })
    const { hub } = scene
    const { id } = await hub.publish('a', { data: 1 })
    for (const data of [2, 3]) await hub.publish('a', { data })
    await follow(scene, ['a'], resumingAt(id))
    await follow(scene, ['a'], resumingAt('strange'))
    expect(hub.stats()).toMatchObject({
      resumed: 2,
      replayed: 1,
      gaps: { trimmed: 1, 'new-epoch': 0, 'unknown-id': 1 },
    })
  })

  it('a gap of a topic that is being read once, however many read it', async () => {
    const inner = memoryBroker({ maxEvents: 1 })
    const broker = outageBroker(inner)
    const { told, trace } = tracer()
    const scene = openHub({ broker, trace })
    const readers = [await follow(scene, ['a']), await follow(scene, ['a']), await follow(scene, ['a', 'b'])]
    broker.mood = 'away'
    broker.lose(new Error('Connection lost'))
    for (const data of ['1', '2', '3']) await inner.publish('a', [{ data }])
    broker.mood = 'well'
    await scene.environment.advance(10_000)
    for (const { parsed } of readers) expect(parsed.events.map(({ event }) => event)).toContain('gap')
    expect(scene.hub.stats().gaps).toEqual({ trimmed: 1, 'new-epoch': 0, 'unknown-id': 0 })
    expect(told.filter(([name]) => name === 'holdfast:gap')).toEqual([
      ['holdfast:gap', { reason: 'trimmed', topics: ['a'] }],
    ])
  })

  it('whom it refuses', async () => {
    const scene = openHub({ maxSubscribers: 1 })
    await join(scene, ['a'])
    for (let times = 0; times < 2; times++) await scene.hub.respond(get(), { topics: ['a'] })
    void scene.hub.drain({ within: 60_000 })
    await scene.hub.respond(get(), { topics: ['a'] })
    expect(scene.hub.stats().refused).toEqual({ full: 2, draining: 1 })
  })
})

describe('trace', () => {
  it('is told of a stream’s opening, resuming and closing', async () => {
    const { told, trace } = tracer()
    const scene = openHub({ trace })
    const { id } = await scene.hub.publish('a', { data: 1 })
    const client = await follow(scene, ['a'], { ...resumingAt(id), identity: 'ann' })
    await client.cancel()
    await scene.environment.settle()
    const info = { topics: ['a'], identity: 'ann' }
    expect(told.slice(1)).toEqual([
      ['holdfast:open', info],
      ['holdfast:resume', { ...info, lastEventId: id }],
      ['holdfast:close', expect.objectContaining({ ...info, reason: 'client-closed' })],
    ])
  })

  it('is told of publications, stored and failed, with how long they took', async () => {
    const { told, trace } = tracer()
    const broker = outageBroker()
    const scene = openHub({ broker, trace })
    const { position } = await scene.hub.publish('a', [{ data: 1 }, { data: 2 }], { key: 'k' })
    await scene.hub.publish('a', [{ data: 1 }, { data: 2 }], { key: 'k' })
    broker.mood = 'away'
    await scene.hub.publish('a', { data: 3 }).catch(() => {})
    broker.mood = 'well'
    scene.environment.jump(250)
    await scene.hub.publish('a', { data: 3 })
    expect(told).toEqual([
      ['holdfast:publish', { topic: 'a', events: 2, duration: 0, position, duplicate: false }],
      ['holdfast:publish', { topic: 'a', events: 2, duration: 0, position, duplicate: true }],
      ['holdfast:broker-lost', { reason: expect.objectContaining({ code: 'broker-unavailable' }) }],
      [
        'holdfast:publish',
        { topic: 'a', events: 1, duration: 0, error: expect.objectContaining({ code: 'broker-unavailable' }) },
      ],
      ['holdfast:broker-recovered', { duration: 250 }],
      ['holdfast:publish', expect.objectContaining({ duplicate: false })],
    ])
  })

  it('never keeps anything from happening by what it throws', async () => {
    const { console } = globalThis
    const error = console.error
    const reported: unknown[] = []
    console.error = (thrown) => void reported.push(thrown)
    try {
      const scene = openHub({
        trace: (name) => {
          throw new Error(name)
        },
      })
      const client = await follow(scene, ['a'])
      await scene.hub.publish('a', { data: 1 })
      await scene.environment.settle()
      expect(client.data).toEqual(['1'])
      await scene.hub.close()
      expect(reported.map(String)).toEqual(['Error: holdfast:open', 'Error: holdfast:publish', 'Error: holdfast:close'])
    } finally {
      console.error = error
    }
  })
})
