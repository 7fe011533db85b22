import process from 'node:process'
import v8 from 'node:v8'
import vm from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { checkTopics } from '../../src/hub/checks.ts'
import { TopicsFullError } from '../../src/hub/errors.ts'
import { FeedRegistry } from '../../src/hub/feed-registry.ts'
import type { Lease } from '../../src/hub/lease.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'

afterEach(() => void vi.restoreAllMocks())

function openRegistry(maxTopicBytes?: number): { registry: FeedRegistry; broker: MemoryBroker } {
  const environment = new FakeEnvironment()
  const broker = new MemoryBroker({}, environment)
  const onError = (error: unknown): void => expect.fail(String(error))
  const limit = maxTopicBytes === undefined ? {} : { maxTopicBytes }
  return {
    registry: new FeedRegistry({ broker, environment, maxBytes: 0, onError, onOpen: () => {}, ...limit }),
    broker,
  }
}

describe('topics and sets of topics', () => {
  it('are refused where they would take more than they may, and leave nothing behind', async () => {
    const { registry } = openRegistry(100_000)
    const leases: Lease[] = []
    const fill = async (): Promise<unknown> => {
      for (let index = 0; ; index++) {
        try {
          leases.push((await registry.join(checkTopics(['news', `user:${index}`]))).lease)
        } catch (error) {
          return error
        }
      }
    }
    expect(await fill()).toBeInstanceOf(TopicsFullError)
    expect(registry.topicBytes).toBeLessThanOrEqual(100_000)
    expect([leases.length, registry.topicCount]).toEqual([18, 19])
    // Who asks for what is there already is no burden.
    leases.push((await registry.join(checkTopics(['news', 'user:0']))).lease)
    // Some of 32 fit: none is kept.
    const many = Array.from({ length: 32 }, (_, index) => `own:${index}`)
    await expect(registry.join(checkTopics(many))).rejects.toBeInstanceOf(TopicsFullError)
    expect(registry.topicCount).toBe(19)
    for (const lease of leases) lease.release()
    expect([registry.topicBytes, registry.topicCount]).toEqual([0, 0])
    expect((await registry.join(checkTopics(['again']))).lease.feed.topics.size).toBe(1)
  })

  it('that were each subscribed to once and left again give back what they took', async () => {
    v8.setFlagsFromString('--expose-gc')
    const collect = vm.runInNewContext('gc') as () => void
    const { registry, broker } = openRegistry()
    const visit = async (from: number, count: number): Promise<void> => {
      for (let index = from; index < from + count; index++)
        (await registry.join(checkTopics(['news', `user:${index}`]))).lease.release()
    }
    await visit(0, 1_000)
    collect()
    const before = process.memoryUsage().heapUsed
    await visit(1_000, 100_000)
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
    expect([registry.topicBytes, registry.topicCount, broker.bytes]).toEqual([0, 0, 0])
  })

  it('that are too many are a reason to turn clients away, which they are told', async () => {
    vi.spyOn(FeedRegistry.prototype, 'join').mockRejectedValue(new TopicsFullError(1))
    const { hub } = openHub()
    const native = await hub.respond(get(), { topics: ['a'] })
    expect(await native.text()).toMatch(/^retry: ?\d+\n\n$/)
    const told = await hub.respond(get({ headers: { accept: 'text/event-stream;holdfast=1' } }), { topics: ['a'] })
    expect([told.status, await told.json()]).toMatchObject([503, { code: 'topics-full' }])
    expect(hub.stats().refused).toEqual({ full: 2, draining: 0 })
    await expect(hub.subscribe(['a'])[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'topics-full' })
  })
})
