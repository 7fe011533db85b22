import { describe, expect, it, vi } from 'vitest'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { RecentPages } from '../../src/hub/replay/recent-pages.ts'
import type { TopicSubscription } from '../../src/hub/topic-subscription.ts'
import { parsePositionId, topicKey } from '../../src/wire/position.ts'
import { sinkBodyOf } from '../../src/fanout/sink.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { FakeSink } from '../support/fake-sink.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const range = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `${from + index}`)
const accept = 'text/event-stream;holdfast=1'

describe('clients that come back to nearly the same place', () => {
  it('are read for and encoded for once, and get each their own', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const scene = openHub({ broker }, environment)
    const ids: string[] = []
    for (const data of range(300)) ids.push((await scene.hub.publish('a', { data })).id)
    const read = vi.spyOn(broker, 'read')
    const sinks = await Promise.all(
      range(200).map(async (number) => {
        const behind = 100 + (Number(number) % 10)
        const headers = { 'last-event-id': ids[299 - behind] as string, accept }
        const response = await scene.hub.respond(get({ headers }), { topics: ['a', `own:${number}`] })
        const sink = new FakeSink()
        sinkBodyOf(response.body)?.attach(sink)
        return { sink, behind }
      }),
    )
    await environment.settle()
    for (const { sink, behind } of sinks) expect(sink.data).toEqual(range(behind, 300 - behind))
    // Without sharing at least 400, and one more for each topic that is new.
    const reads = read.mock.calls.filter(([topic]) => topic === 'a').length
    expect(reads).toBeLessThan(40)
    expect(new Set(sinks.map(({ sink }) => sink.chunks.at(-1))).size).toBeLessThan(20)
  })

  it('get what was published since, though a page was read before that', async () => {
    const scene = openHub()
    const { id } = await scene.hub.publish('a', { data: '0' })
    await scene.hub.publish('a', { data: '1' })
    const resume = async (): Promise<string[]> =>
      (await follow(scene, ['a'], { request: get({ headers: { 'last-event-id': id } }) })).data
    expect(await resume()).toEqual(['1'])
    await scene.hub.publish('a', { data: '2' })
    expect(await resume()).toEqual(['1', '2'])
  })
})

describe('pages of the history', () => {
  it('are kept for 2 s, 8 MiB of them at most, and go with the last stream', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({ maxBytes: 1e9, maxEvents: 1e6 }, environment)
    const pages = new RecentPages({ broker, environment })
    const subscription = { topic: 'a', key: topicKey('a') } as TopicSubscription
    const { head } = await broker.read('a', 'earliest', 1)
    for (let offset = 0; offset < 400; offset++) await broker.publish('a', [{ data: 'x'.repeat(60_000) }])
    for (let offset = 0; offset < 400; offset++) {
      await pages.read(subscription, { epoch: head.epoch, offset })
      expect(pages.bytes).toBeLessThanOrEqual(8 * 1_048_576)
    }
    expect(pages.bytes).toBeGreaterThan(7 * 1_048_576)
    environment.jump(2_000)
    expect([pages.expire(environment.now()), pages.bytes]).toEqual([Infinity, 0])
  })

  it('leave nothing behind of each topic that ever had one, on a hub that always has some', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({ maxBytes: 1e9, maxEvents: 1e6 }, environment)
    const pages = new RecentPages({ broker, environment })
    for (let number = 0; number < 5_000; number++) {
      const topic = `answer/${number}`
      await broker.publish(topic, [{ data: 'x' }])
      const { head } = await broker.read(topic, 'earliest', 1)
      await pages.read({ topic, key: topicKey(topic) } as TopicSubscription, { epoch: head.epoch, offset: 0 })
      environment.jump(100)
      pages.expire(environment.now())
    }
    expect(pages.topics).toBeLessThanOrEqual(4_096)
  })

  it('leave no timer behind', async () => {
    const scene = openHub()
    const { id } = await scene.hub.publish('a', { data: '0' })
    await scene.hub.publish('a', { data: '1' })
    const client = await follow(scene, ['a'], { request: get({ headers: { 'last-event-id': id } }) })
    expect(parsePositionId(client.parsed.lastEventId)?.positions.get(topicKey('a'))?.offset).toBe(2)
    await client.cancel()
    expect(scene.environment.timers).toBe(0)
  })
})
