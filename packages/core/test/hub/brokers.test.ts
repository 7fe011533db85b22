import { describe, expect, it } from 'vitest'
import type { Broker } from '../../src/hub/broker/broker.ts'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { defer } from '../support/defer.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const lost = new Error('broker lost')

/** A broker that fails to subscribe to some topics, and counts its subscriptions. */
function unreliable(
  environment: FakeEnvironment,
  fails: (topic: string) => boolean,
): { broker: Broker; count(): number } {
  const inner = new MemoryBroker({}, environment)
  let subscriptions = 0
  const subscribe: Broker['subscribe'] = async (topic, listener) => {
    if (fails(topic)) throw lost
    const subscription = await inner.subscribe(topic, listener)
    subscriptions++
    const unsubscribe = async (): Promise<void> => (subscriptions--, subscription.unsubscribe())
    return { head: subscription.head, unsubscribe }
  }
  const broker: Broker = { publish: inner.publish, read: inner.read, subscribe, close: inner.close }
  return { broker, count: () => subscriptions }
}

describe('a broker that fails to subscribe', () => {
  it('rejects the response and leaves nothing behind, not even of the other topics', async () => {
    const environment = new FakeEnvironment()
    const { broker, count } = unreliable(environment, (topic) => topic === 'bad')
    const scene = openHub({ broker }, environment)
    for (const topics of [['bad'], ['a', 'bad', 'z'], ['bad']]) {
      await expect(scene.hub.respond(get(), { topics })).rejects.toBe(lost)
    }
    await environment.settle()
    expect([count(), scene.hub.stats().topics, environment.timers, scene.opens, scene.errors]).toEqual([
      0,
      0,
      0,
      [],
      [],
    ])
  })

  it('does not hurt those who share a topic, and may work the next time', async () => {
    const environment = new FakeEnvironment()
    let failing = true
    const { broker, count } = unreliable(environment, (topic) => failing && topic === 'bad')
    const scene = openHub({ broker }, environment)
    const good = await follow(scene, ['a'])
    await expect(scene.hub.respond(get(), { topics: ['a', 'bad'] })).rejects.toBe(lost)
    await scene.hub.publish('a', { data: 1 })
    await environment.settle()
    expect([good.data, count()]).toEqual([['1'], 1])
    failing = false
    const again = await follow(scene, ['a', 'bad'])
    await scene.hub.publish('bad', { data: 2 })
    await environment.settle()
    expect([again.data, count()]).toEqual([['2'], 2])
  })

  it('rejects the loop in this process', async () => {
    const environment = new FakeEnvironment()
    const { broker, count } = unreliable(environment, () => true)
    const { hub } = openHub({ broker }, environment)
    const iterator = hub.subscribe(['a'])[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toBe(lost)
    await iterator.return?.()
    expect([count(), hub.stats().topics]).toEqual([0, 0])
  })

  it('whose unsubscribe fails is reported, and hurts nobody', async () => {
    const environment = new FakeEnvironment()
    const inner = new MemoryBroker({}, environment)
    const subscribe: Broker['subscribe'] = async (topic, listener) => ({
      ...(await inner.subscribe(topic, listener)),
      unsubscribe: () => Promise.reject(lost),
    })
    const scene = openHub(
      { broker: { publish: inner.publish, read: inner.read, subscribe, close: inner.close } },
      environment,
    )
    const client = await follow(scene, ['a'])
    await client.cancel()
    await environment.settle()
    expect([scene.errors, scene.hub.stats().topics]).toEqual([[lost], 0])
  })

  it('that publishes before subscribe resolves loses nothing', async () => {
    const environment = new FakeEnvironment()
    const inner = new MemoryBroker({}, environment)
    const slow = defer()
    const subscribe: Broker['subscribe'] = async (topic, listener) => {
      const subscription = await inner.subscribe(topic, listener)
      await slow.promise
      return subscription
    }
    const scene = openHub(
      { broker: { publish: inner.publish, read: inner.read, subscribe, close: inner.close } },
      environment,
    )
    const joining = follow(scene, ['a'])
    await environment.settle()
    await scene.hub.publish('a', { data: 1 })
    slow.resolve()
    const client = await joining
    await scene.hub.publish('a', { data: 2 })
    await environment.settle()
    expect(client.data).toEqual(['1', '2'])
  })
})

describe('two hubs on one broker', () => {
  it('hear each other, in one order, with the same ids', async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const scenes = [openHub({ broker }, environment), openHub({ broker }, environment)] as const
    const clients = [await follow(scenes[0], ['a', 'b']), await follow(scenes[1], ['a', 'b'])]
    for (let count = 0; count < 20; count++) {
      const { hub } = scenes[count % 2] as (typeof scenes)[0]
      await hub.publish(count % 3 ? 'a' : 'b', { data: count })
    }
    await environment.settle()
    expect(clients[0]?.data).toEqual(Array.from({ length: 20 }, (_, count) => String(count)))
    expect(clients[1]?.parsed.events).toEqual(clients[0]?.parsed.events)
  })

  it("know each other's keys, and outlive each other", async () => {
    const environment = new FakeEnvironment()
    const broker = new MemoryBroker({}, environment)
    const [first, second] = [openHub({ broker }, environment), openHub({ broker }, environment)]
    const client = await follow(second, ['a'])
    const { position } = await first.hub.publish('a', { data: 1 }, { key: 'k' })
    await first.hub.close()
    expect(await second.hub.publish('a', { data: 1 }, { key: 'k' })).toMatchObject({ position, duplicate: true })
    await second.hub.publish('a', { data: 2 })
    await environment.settle()
    expect(client.data).toEqual(['1', '2'])
  })
})
