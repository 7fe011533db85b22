import { expect, it } from 'vitest'
import type { Broker } from '../../src/hub/broker/broker.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { defer } from '../support/defer.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

it('a topic that could not be opened is tried again, though somebody still waits with the failure', async () => {
  const inner = memoryBroker()
  const slow = defer()
  let failures = 1
  const broker: Broker = {
    ...inner,
    subscribe: async (topic, listener) => {
      if (topic === 'slow') await slow.promise
      if (topic === 'bad' && failures-- > 0) throw new Error('Not now')
      return inner.subscribe(topic, listener)
    },
  }
  const scene = openHub({ broker })
  const waiting = scene.hub.respond(get(), { topics: ['bad', 'slow'] })
  await scene.environment.settle()
  const client = await follow(scene, ['bad'])
  await scene.hub.publish('bad', { data: 1 })
  await scene.environment.settle()
  expect(client.data).toEqual(['1'])
  slow.resolve()
  await expect(waiting).rejects.toThrow('Not now')
  await scene.hub.publish('bad', { data: 2 })
  await scene.environment.settle()
  expect(client.data).toEqual(['1', '2'])
})

it('a loss that is told while the subscription is opening is made up for', async () => {
  const inner = memoryBroker()
  const broker: Broker = {
    ...inner,
    subscribe: async (topic, listener) => {
      const { head, unsubscribe } = await inner.subscribe(topic, { onEvent: () => {}, onLost: () => {} })
      await inner.publish(topic, [{ data: 'missed' }])
      listener.onLost(new Error('Connection lost'))
      return { head, unsubscribe }
    },
  }
  const scene = openHub({ broker })
  const client = await follow(scene, ['a'])
  await scene.environment.settle()
  expect(client.data).toEqual(['missed'])
})

it('who asks for the earliest of an empty topic and falls behind at once is told of no gap', async () => {
  const scene = openHub({ broker: memoryBroker(), stream: { maxBufferedBytes: 0, stallTimeout: 0 } })
  const response = await scene.hub.respond(get({}, '?lastEventId=earliest'), { topics: ['a'] })
  const reader = response.body!.getReader()
  await reader.read()
  await scene.environment.settle()
  for (let count = 0; count < 50; count++) await scene.hub.publish('a', { data: count })
  await scene.environment.settle()
  let text = ''
  while (!text.includes('data: 49\n')) text += new TextDecoder().decode((await reader.read()).value)
  expect(text).not.toContain('event: gap')
  expect(text.match(/^data: .*$/gm)).toEqual(Array.from({ length: 50 }, (_, index) => `data: ${index}`))
  await reader.cancel()
})
