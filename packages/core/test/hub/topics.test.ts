import { describe, expect, it } from 'vitest'
import { InvalidTopicError, TopicCountError } from '../../src/hub/errors.ts'
import { parsePositionId, topicKey, topicOf } from '../../src/wire/position.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

const invalid: [string, string][] = [
  ['empty', ''],
  ['too long', 'x'.repeat(1_025)],
  ['a lone high surrogate', 'a\u{D83D}'],
  ['a lone low surrogate', '\u{DC1F}a'],
  ['surrogates in the wrong order', '\u{DC1F}\u{D83D}'],
  ['no string', 1 as unknown as string],
]

describe.each(invalid)('a topic that is %s', (_, topic) => {
  it('is refused everywhere and leaves nothing behind', async () => {
    const { hub, environment } = openHub()
    await expect(hub.publish(topic, { data: 1 })).rejects.toBeInstanceOf(InvalidTopicError)
    await expect(hub.respond(get(), { topics: ['a', topic] })).rejects.toBeInstanceOf(InvalidTopicError)
    expect(() => hub.subscribe([topic])).toThrow(InvalidTopicError)
    expect([hub.stats().topics, hub.stats().subscribers, environment.timers]).toEqual([0, 0, 0])
  })
})

describe('topics', () => {
  it.each([
    ['none', 0],
    ['more than 32', 33],
  ])('are refused when there are %s', async (_, count) => {
    const { hub } = openHub()
    const topics = Array.from({ length: count }, (__, index) => `t${index}`)
    await expect(hub.respond(get(), { topics })).rejects.toBeInstanceOf(TopicCountError)
    expect(() => hub.subscribe(topics)).toThrow(TopicCountError)
  })

  it.each(['x'.repeat(1_024), '🐟', 'a\nb', ' ', '__proto__', 'constructor', '*', 'a/../b', '\0'])(
    'may be called %o',
    async (topic) => {
      const scene = openHub()
      const client = await follow(scene, [topic])
      await scene.hub.publish(topic, { data: 1 })
      await scene.environment.settle()
      expect(client.data).toEqual(['1'])
      expect(topicOf(client.parsed.lastEventId, ['other', topic])).toBe(topic)
      expect(await scene.hub.count(topic)).toBe(1)
    },
  )

  it('may be named twice: one subscription, each event once', async () => {
    const scene = openHub()
    const client = await follow(scene, ['b', 'a', 'b', 'a'])
    await scene.hub.publish('a', { data: 1 })
    await scene.hub.publish('b', { data: 2 })
    await scene.environment.settle()
    expect(client.data).toEqual(['1', '2'])
    expect([await scene.hub.count('a'), await scene.hub.count('b'), scene.hub.stats().subscribers]).toEqual([1, 1, 1])
    await client.cancel()
    expect([await scene.hub.count('a'), await scene.hub.count('b'), scene.hub.stats().topics]).toEqual([0, 0, 0])
  })

  it('come 32 in one stream, and the id says which', async () => {
    const scene = openHub()
    const topics = Array.from({ length: 32 }, (_, index) => `topic ${index}`)
    const client = await follow(scene, topics)
    for (const topic of topics) await scene.hub.publish(topic, { data: topic })
    await scene.environment.settle()
    expect(client.data).toEqual(topics)
    for (const { id, data } of client.parsed.events) {
      expect(id.length).toBeLessThan(1_024)
      expect(topicOf(id, topics)).toBe(data)
    }
  })
})

describe('an id', () => {
  it('is the whole vector, advanced by its event alone', async () => {
    const scene = openHub()
    const topics = ['a', 'b', 'c']
    await scene.hub.publish('c', { data: 'before' })
    const client = await follow(scene, topics)
    const offsets: Record<string, number> = { a: 0, b: 0, c: 1 }
    const opening = parsePositionId(client.parsed.lastEventId)
    for (const topic of topics) expect(opening?.positions.get(topicKey(topic))?.offset).toBe(offsets[topic])
    const order = ['b', 'a', 'b', 'c', 'c', 'a', 'b']
    for (const topic of order) await scene.hub.publish(topic, { data: topic })
    await scene.environment.settle()
    expect(client.data).toEqual(order)
    for (const { id, data } of client.parsed.events) {
      offsets[data] = (offsets[data] as number) + 1
      const parsed = parsePositionId(id)
      expect(parsed?.advanced).toBe(topicKey(data))
      expect([...(parsed?.positions.keys() ?? [])].slice(1)).toEqual(
        topics
          .filter((topic) => topic !== data)
          .map(topicKey)
          .toSorted(),
      )
      for (const topic of topics) expect(parsed?.positions.get(topicKey(topic))?.offset).toBe(offsets[topic])
    }
  })

  it('is the same for all who hear the same topics, in whatever order they named them', async () => {
    const scene = openHub()
    const clients = [await follow(scene, ['a', 'b']), await follow(scene, ['b', 'a'])]
    await scene.hub.publish('b', { data: 1 })
    await scene.hub.publish('a', { data: 2 })
    await scene.environment.settle()
    expect(clients[0]?.parsed.events).toEqual(clients[1]?.parsed.events)
  })
})
