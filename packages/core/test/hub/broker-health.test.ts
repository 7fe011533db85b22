import { describe, expect, it } from 'vitest'
import type { HubOptions } from '../../src/hub/types.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, type HubScene, openHub } from '../support/hub.ts'
import { type OutageBroker, outageBroker } from '../support/outage.ts'

function openWatched(options: HubOptions = {}, environment?: FakeEnvironment): HubScene & { broker: OutageBroker } {
  const broker = outageBroker()
  return { broker, ...openHub({ broker, ...options }, environment) }
}

describe('the state of the broker, from what the hub sees', () => {
  it('is lost when a publication cannot reach it, and back with the next one that does', async () => {
    const { hub, broker } = openWatched()
    expect(hub.stats().broker).toEqual({ state: 'connected', losses: 0, recoveries: 0 })
    broker.mood = 'away'
    for (let tries = 0; tries < 2; tries++) {
      await expect(hub.publish('a', { data: 1 })).rejects.toMatchObject({ code: 'broker-unavailable' })
    }
    expect(hub.stats().broker).toEqual({ state: 'lost', losses: 1, recoveries: 0 })
    broker.mood = 'well'
    await hub.publish('a', { data: 1 })
    expect(hub.stats().broker).toEqual({ state: 'connected', losses: 1, recoveries: 1 })
  })

  it('is not lost by an event that it refuses', async () => {
    const broker = { ...outageBroker(), publish: () => Promise.reject(new Error('Too large')) }
    const { hub } = openHub({ broker })
    await expect(hub.publish('a', { data: 1 })).rejects.toThrow('Too large')
    expect(hub.stats().broker.state).toBe('connected')
  })

  it('is lost from the time a subscription is told so until it has caught up', async () => {
    const scene = openWatched()
    const { hub, broker, environment } = scene
    const client = await follow(scene, ['a'])
    broker.mood = 'away'
    broker.lose(new Error('Connection lost'))
    await environment.advance(10_000)
    expect(hub.stats().broker).toEqual({ state: 'lost', losses: 1, recoveries: 0 })
    broker.mood = 'well'
    await environment.advance(10_000)
    expect(hub.stats().broker).toEqual({ state: 'connected', losses: 1, recoveries: 1 })
    expect(client.ended).toBe(false)
  })

  it('is still lost when the last reader that it was lost to has left', async () => {
    const scene = openWatched()
    const { hub, broker, environment } = scene
    const client = await follow(scene, ['a'])
    broker.mood = 'away'
    broker.lose(new Error('Connection lost'))
    await client.cancel()
    await environment.advance(10_000)
    expect(hub.stats().broker).toEqual({ state: 'lost', losses: 1, recoveries: 0 })
    broker.mood = 'well'
    expect(await hub.ready()).toBe(true)
    expect(hub.stats().broker).toEqual({ state: 'connected', losses: 1, recoveries: 1 })
  })

  it('is lost when nobody can subscribe, and told of once', async () => {
    const told: string[] = []
    const { hub, broker } = openWatched({ trace: (name) => void told.push(name) })
    broker.mood = 'away'
    for (let tries = 0; tries < 3; tries++) {
      await expect(hub.respond(new Request('http://localhost/'), { topics: ['a'] })).rejects.toThrow('10.0.0.7')
    }
    expect(told).toEqual(['holdfast:broker-lost'])
  })
})

describe('ready', () => {
  it('asks a broker of which nothing else is known', async () => {
    const { hub, broker, environment } = openWatched()
    expect(await hub.ready()).toBe(true)
    broker.mood = 'away'
    environment.jump(1_000)
    expect(await hub.ready()).toBe(false)
    broker.mood = 'well'
    environment.jump(1_000)
    expect(await hub.ready()).toBe(true)
    expect(environment.timers).toBe(0)
  })

  it('asks once a second at most, and one question for all who want to know', async () => {
    const { hub, broker, environment } = openWatched()
    await Promise.all([hub.ready(), hub.ready()])
    await hub.ready()
    expect(broker.reads).toHaveLength(1)
    environment.jump(999)
    await hub.ready()
    expect(broker.reads).toHaveLength(1)
    environment.jump(1)
    await hub.ready()
    expect(broker.reads).toHaveLength(2)
    expect(new Set(broker.reads)).toEqual(new Set(['holdfast-ready']))
  })

  it('takes no answer in 800 ms for a loss, and asks no more before there is one', async () => {
    const { hub, broker, environment } = openWatched()
    broker.mood = 'silent'
    const asked = hub.ready()
    await environment.advance(799)
    expect(hub.stats().broker.state).toBe('connected')
    await environment.advance(1)
    expect(await asked).toBe(false)
    for (let second = 0; second < 10; second++) {
      await environment.advance(1_000)
      expect(await hub.ready()).toBe(false)
    }
    expect(broker.reads).toHaveLength(1)
    broker.mood = 'well'
    await hub.publish('a', { data: 1 })
    expect(await hub.ready()).toBe(true)
  })

  it('learns of an answer that came too late', async () => {
    let answer = (): void => {}
    const inner = outageBroker()
    const late = new Promise<void>((resolve) => (answer = resolve))
    const broker = {
      ...inner,
      read: async (...page: Parameters<typeof inner.read>) => (await late, inner.read(...page)),
    }
    const { hub, environment } = openHub({ broker })
    const asked = hub.ready()
    await environment.advance(800)
    expect(await asked).toBe(false)
    answer()
    await environment.settle()
    expect(await hub.ready()).toBe(true)
  })

  it('waits for no other request’s answer where streams and timers belong to one', async () => {
    const { hub, broker, environment } = openWatched({}, new FakeEnvironment({ requestScoped: true }))
    broker.mood = 'silent'
    void hub.ready()
    expect(await hub.ready()).toBe(true)
    broker.mood = 'well'
    environment.jump(1_000)
    expect(await hub.ready()).toBe(true)
    expect(broker.reads).toHaveLength(2)
  })

  it('says no while the hub drains or is closed, without asking', async () => {
    const { hub, broker } = openWatched()
    await hub.drain({ within: 0 })
    expect(await hub.ready()).toBe(false)
    await hub.close()
    expect(await hub.ready()).toBe(false)
    expect(broker.reads).toEqual([])
  })
})
