import { describe, expect, it } from 'vitest'
import { sinkBodyOf } from '../../src/fanout/sink.ts'
import { parsePositionId, topicKey } from '../../src/wire/position.ts'
import { FakeSink } from '../support/fake-sink.ts'
import { follow, type HubScene, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const ours = 'text/event-stream;holdfast=1'
const asking = (headers: HeadersInit = {}): Request => get({ headers: { accept: ours, ...headers } })

/** A stream's chunks as they are handed to its sink. */
async function open(scene: HubScene, topics: string[], request: Request = asking()): Promise<FakeSink> {
  const response = await scene.hub.respond(request, { topics })
  const sink = new FakeSink()
  sinkBodyOf(response.body)?.attach(sink)
  await scene.environment.settle()
  return sink
}

describe('a client that keeps the vector of its topics itself', () => {
  it('gets ids of one component, and the whole vector at open and with heartbeats', async () => {
    const scene = openHub({ stream: { heartbeat: 1_000 } })
    const topics = ['a', 'b', 'c']
    await scene.hub.publish('c', { data: 'before' })
    const client = await follow(scene, topics, { request: asking() })
    const keys = topics.map(topicKey).sort()
    expect([...(parsePositionId(client.parsed.lastEventId)?.positions.keys() ?? [])]).toEqual(keys)
    for (const topic of ['b', 'a', 'b', 'c']) await scene.hub.publish(topic, { data: topic })
    await scene.environment.settle()
    expect(client.data).toEqual(['b', 'a', 'b', 'c'])
    for (const { id, data } of client.parsed.events)
      expect([...(parsePositionId(id)?.positions.keys() ?? [])]).toEqual([topicKey(data)])
    await scene.environment.advance(1_100)
    const told = parsePositionId(client.parsed.lastEventId)?.positions
    expect(keys.map((key) => told?.get(key)?.offset)).toEqual(
      keys.map((key) => ({ [topicKey('a')]: 1, [topicKey('b')]: 2, [topicKey('c')]: 2 })[key]),
    )
  })

  it('shares one chunk with all who read the same topic, whatever else they read', async () => {
    const scene = openHub()
    const sinks = [
      await open(scene, ['news', 'user:1']),
      await open(scene, ['news', 'user:2', 'x']),
      await open(scene, ['news'], get()),
    ]
    const before = sinks.map(({ chunks }) => chunks.length)
    await scene.hub.publish('news', { data: 1 })
    await scene.environment.settle()
    const last = sinks.map(({ chunks }) => chunks.at(-1))
    expect(sinks.map(({ chunks }) => chunks.length)).toEqual(before.map((count) => count + 1))
    expect(new Set(last).size).toBe(1)
  })

  it('is told where it is in all topics right after a gap', async () => {
    const scene = openHub()
    await follow(scene, ['a', 'b'])
    const client = await follow(scene, ['a', 'b'], { request: asking({ 'last-event-id': 'c1~6mcnqj1z-1-7' }) })
    expect(client.parsed.events.map(({ event }) => event)).toEqual(['gap'])
    expect(parsePositionId(client.parsed.events[0]?.id ?? '')?.positions.size).toBe(1)
    expect(parsePositionId(client.parsed.lastEventId)?.positions.size).toBe(2)
  })

  it('is told where it is in all topics before the first event of a beginning', async () => {
    const scene = openHub()
    await scene.hub.publish('a', { data: 1 })
    await scene.hub.publish('b', { data: 2 })
    const sink = await open(scene, ['a', 'b'], new Request('http://localhost/?lastEventId=earliest', asking()))
    const text = new TextDecoder().decode(Uint8Array.from(sink.chunks.flatMap((chunk) => [...chunk])))
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => parsePositionId(id as string)?.positions.size)
    expect(ids).toEqual([2, 1, 1])
  })

  it('gets whole vectors where it hands them on to somebody who may not', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a', 'b'], { request: asking({ accept: `${ours};ids=whole` }) })
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    expect(parsePositionId(client.parsed.lastEventId)?.positions.size).toBe(2)
  })
})

describe('readers of several topics', () => {
  it('get what was published in one turn in its order, in one write', async () => {
    const scene = openHub()
    const native = await open(scene, ['a', 'b'], get())
    const own = await open(scene, ['a', 'b', 'c'])
    const before = [native.chunks.length, own.chunks.length]
    const order = ['b', 'a', 'b', 'b', 'a']
    await Promise.all(order.map((topic) => scene.hub.publish(topic, { data: topic })))
    await scene.environment.settle()
    expect([native.data, own.data]).toEqual([order, order])
    expect([native.chunks.length, own.chunks.length]).toEqual(before.map((count) => count + 1))
  })

  it('share the bytes of whole vectors where they are at the same place', async () => {
    const scene = openHub()
    const sinks = [await open(scene, ['a', 'b'], get()), await open(scene, ['a', 'b'], get())]
    await scene.hub.publish('b', { data: 0 })
    await scene.environment.settle()
    await scene.hub.publish('a', { data: 1 })
    await scene.environment.settle()
    expect(sinks[0]?.chunks.at(-1)).toBe(sinks[1]?.chunks.at(-1))
    expect(sinks[0]?.data).toEqual(['0', '1'])
  })
})
