import { expect, it, vi } from 'vitest'
import { Runs } from '../../../src/cloudflare/object/runs.ts'
import type { Topic } from '../../../src/cloudflare/object/topic.ts'

it('a run stores its input once, however long it is and however much is produced', async () => {
  const kept = new Map<string, unknown>()
  let written = 0
  const kv = {
    get: (name: string) => kept.get(name),
    put: (name: string, value: unknown) => {
      written += JSON.stringify(value).length
      kept.set(name, value)
    },
    delete: (name: string) => kept.delete(name),
  }
  const append: Topic['append'] = (_events, _key, also) => {
    also?.()
    return { position: { epoch: 1, offset: 1 }, duplicate: false, sent: Promise.resolve() }
  }
  const input = 'x'.repeat(10_000)
  const runs = new Runs({
    storage: { kv } as unknown as DurableObjectStorage,
    topic: { append, history: { head: { epoch: 1, offset: 0 } } } as unknown as Topic,
    settings: () => ({ batchDelay: 0, linger: Infinity, resumable: true }),
    async *produce(prompt) {
      expect(prompt).toBe(input)
      for (let word = 0; word < 20; word++) yield 'x'.repeat(65_536)
    },
    hasReaders: () => true,
    onChange: () => {},
  })
  runs.start(input, undefined)
  await vi.waitUntil(() => !runs.active)
  expect(written).toBeLessThan(2 * input.length)
  expect([...kept.keys()]).toEqual([])
})
