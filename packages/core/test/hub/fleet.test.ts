import { describe, expect, it } from 'vitest'
import type { Broker } from '../../src/hub/broker/broker.ts'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, type HubScene, openHub } from '../support/hub.ts'

interface FleetScene {
  environment: FakeEnvironment
  broker: Broker
  scenes: HubScene[]
}

function openFleet(count: number): FleetScene {
  const environment = new FakeEnvironment()
  const broker = new MemoryBroker({}, environment)
  return { environment, broker, scenes: Array.from({ length: count }, () => openHub({ broker }, environment)) }
}

/** What a call resolves with, and after how many milliseconds. */
async function timed<T>(environment: FakeEnvironment, call: Promise<T>): Promise<[T, number]> {
  const from = environment.now()
  let took = NaN
  const result = call.then((value) => {
    took = environment.now() - from
    return value
  })
  await environment.advance(1_000)
  return [await result, took]
}

describe('count and disconnect', () => {
  it('mean every hub of the broker', async () => {
    const { environment, scenes } = openFleet(3)
    for (const scene of scenes.slice(0, 2)) await follow(scene, ['a'], { identity: 'x' })
    await follow(scenes[0]!, ['b'], { identity: 'y' })
    await environment.advance(1_000)
    for (const { hub } of scenes.slice(0, 2)) expect(await timed(environment, hub.count('a'))).toEqual([2, 0])
    expect(await timed(environment, scenes[1]!.hub.count('b'))).toEqual([1, 0])
    expect(await timed(environment, scenes[1]!.hub.disconnect({ identity: 'x' }))).toEqual([2, 0])
    expect(scenes.map(({ closes }) => closes.length)).toEqual([1, 1, 0])
    expect(await timed(environment, scenes[0]!.hub.count('a'))).toEqual([0, 0])
  })

  it('take half a second at a hub that does not know who is there yet, and none at one that is alone', async () => {
    const { environment, scenes } = openFleet(2)
    await follow(scenes[0]!, ['a'])
    expect(await timed(environment, scenes[1]!.hub.count('a'))).toEqual([1, 500])
    expect(await timed(environment, scenes[1]!.hub.count('a'))).toEqual([1, 0])
    const alone = openFleet(1)
    await follow(alone.scenes[0]!, ['a'])
    await alone.environment.advance(1_000)
    expect(await timed(alone.environment, alone.scenes[0]!.hub.count('a'))).toEqual([1, 0])
    const { hub } = openHub()
    expect([await hub.count('a'), await hub.disconnect({ topic: 'a' })]).toEqual([0, 0])
  })

  it('wait half a second for a hub that has died, once', async () => {
    const { environment, broker, scenes } = openFleet(1)
    await follow(scenes[0]!, ['a'])
    await environment.advance(1_000)
    await broker.signals?.send('*', JSON.stringify({ type: 'load', sender: 'dead' }))
    expect(await timed(environment, scenes[0]!.hub.count('a'))).toEqual([1, 500])
    expect(await timed(environment, scenes[0]!.hub.count('a'))).toEqual([1, 0])
  })

  it('take one answer of each hub, and only numbers', async () => {
    const { environment, broker, scenes } = openFleet(1)
    await follow(scenes[0]!, ['a'])
    await environment.advance(1_000)
    await broker.signals?.listen('odd', (text) => {
      const { type, question, sender } = JSON.parse(text) as Record<string, string>
      if (type !== 'count') return
      for (const value of ['7', null, 1e99, 3, 4]) {
        void broker.signals?.send(sender!, JSON.stringify({ type: 'answer', question, value, sender: 'odd' }))
      }
    })
    await broker.signals?.send('*', JSON.stringify({ type: 'load', sender: 'odd' }))
    expect(await timed(environment, scenes[0]!.hub.count('a'))).toEqual([4, 0])
  })

  it('fail where the others cannot be asked, but close what is here', async () => {
    const environment = new FakeEnvironment()
    const inner = new MemoryBroker({}, environment)
    const lost = new Error('lost')
    const { publish, read, subscribe, close } = inner
    const signals = { ...inner.signals, send: () => Promise.reject(lost) }
    const scene = openHub({ broker: { publish, read, subscribe, close, signals } }, environment)
    await follow(scene, ['a'])
    await expect(scene.hub.disconnect({ topic: 'a' })).rejects.toBe(lost)
    expect(scene.closes.map(({ reason }) => reason)).toEqual(['disconnected'])
  })

  it('leave no timer behind, also when the hub is closed meanwhile', async () => {
    const { environment, scenes } = openFleet(2)
    await follow(scenes[0]!, ['a'])
    const counting = scenes[1]!.hub.count('a')
    await environment.settle()
    await scenes[1]!.hub.close()
    expect(await counting).toBe(1)
    const closing = scenes[0]!.hub.close()
    await environment.advance(1_000)
    await closing
    expect(environment.timers).toBe(0)
  })
})
