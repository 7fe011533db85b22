import { expect, it, vi } from 'vitest'
import { BatchingBroker } from '../../../src/cloudflare/object/batching-broker.ts'
import type { Topic } from '../../../src/cloudflare/object/topic.ts'

it.each([{ data: '2' }, { event: '\nend', data: 'done' }])(
  'a producer is told with %j that what it wrote before is lost',
  async (next) => {
    const failure = new Error('The storage is full')
    let tries = 0
    const topic = {
      history: { head: { epoch: 1, offset: 0 } },
      broker: () => ({}),
      append: () => {
        tries++
        throw failure
      },
    } as unknown as Topic
    const broker = new BatchingBroker(topic, 1, { onStored: () => {}, onEnd: () => {}, hasReaders: () => false })
    await broker.publish('t', [{ data: '1' }])
    await vi.waitFor(() => expect(tries).toBe(1))
    await expect(broker.publish('t', [next])).rejects.toBe(failure)
  },
)
