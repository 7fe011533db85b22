import { memoryBroker } from '@holdfast/core/hub'
import { expect, it, vi } from 'vitest'
import { Runs } from '../../../src/cloudflare/object/runs.ts'
import type { Topic } from '../../../src/cloudflare/object/topic.ts'

/** A storage and a topic in memory, and the texts that were appended. */
function parts(): {
  storage: DurableObjectStorage
  topic: Topic
  kept: Map<string, unknown>
  written: () => number
  marks: string[]
} {
  const kept = new Map<string, unknown>()
  const marks: string[] = []
  let written = 0
  const kv = {
    get: (name: string) => kept.get(name),
    put: (name: string, value: unknown) => {
      written += JSON.stringify(value).length
      kept.set(name, value)
    },
    delete: (name: string) => kept.delete(name),
  }
  const append: Topic['append'] = (events, _key, also) => {
    also?.()
    marks.push(...events.filter(({ event }) => event !== undefined).map(({ data }) => data))
    return { position: { epoch: 1, offset: 1 }, duplicate: false, sent: Promise.resolve() }
  }
  return {
    storage: { kv } as unknown as DurableObjectStorage,
    topic: { append, broker: () => memoryBroker(), history: { head: { epoch: 1, offset: 0 } } } as unknown as Topic,
    kept,
    marks,
    written: () => written,
  }
}

const settings = { batchDelay: 0, linger: Infinity, resumable: true }

it('a run stores its input once, however long it is and however much is produced', async () => {
  const { storage, topic, kept, written } = parts()
  const input = 'x'.repeat(10_000)
  const runs = new Runs({
    storage,
    topic,
    settings: () => settings,
    async *produce(prompt) {
      expect(prompt).toBe(input)
      for (let word = 0; word < 20; word++) yield 'x'.repeat(65_536)
    },
    hasReaders: () => true,
    onChange: () => {},
  })
  runs.start(input, undefined)
  await vi.waitUntil(() => !runs.active)
  expect(written()).toBeLessThan(2 * input.length)
  expect([...kept.keys()]).toEqual([])
})

it('a run whose producer throws before there is a source has failed', async () => {
  const { storage, topic, kept, marks } = parts()
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const runs = new Runs({
    storage,
    topic,
    settings: () => settings,
    produce: () => {
      throw new Error('No model')
    },
    hasReaders: () => true,
    onChange: () => {},
  })
  runs.start('', undefined)
  await vi.waitUntil(() => !runs.active)
  expect([marks.at(-1), [...kept.keys()]]).toEqual(['failed', []])
  expect(error).toHaveBeenCalledWith(new Error('No model'))
  error.mockRestore()
})
