import { createHub, type Hub } from '@holdfast/core/hub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenBroker } from '../src/brokers/engine.ts'
import { Producer } from '../src/brokers/runs/producer.ts'
import { type SharedEngine, sharedEngines } from '../src/brokers/runs/shared-engines.ts'
import { eventually } from '../src/eventually.ts'
import { workspaceRoot } from '../src/launch.ts'

const lease = 3_000
const wordsUpTo = (last: number): string[] => Array.from({ length: last }, (_, index) => `word ${index + 1}`)

describe.concurrent.each(Object.entries(sharedEngines))(
  'kill -9 in the middle of an answer, over %s',
  (name, start) => {
    let engine: SharedEngine
    let hub: Hub
    let close: () => Promise<void>

    beforeAll(async () => {
      if (!start) return
      engine = await start()
      const module = `${workspaceRoot}packages/testing/src/brokers/engines/${engine.module}.ts`
      const { openBroker } = (await import(module)) as { openBroker: OpenBroker }
      const broker = await openBroker(engine.connection, { maxEvents: 100_000 })
      hub = createHub({ broker })
      close = async () => {
        await hub.close()
        await broker.close()
      }
    })
    afterAll(async () => {
      await close?.()
      await engine?.[Symbol.asyncDispose]()
    })

    /** All that a client gets, once it is told the end. */
    async function readToEnd(topic: string): Promise<{ words: string[]; end: string | undefined; at: number }> {
      const response = await hub.respond(new Request('http://reader.test/'), { topics: [topic] })
      const text = await response.text()
      const words = [...text.matchAll(/^data: (.*)$/gm)].map(([, word = '']) => word)
      return { words, end: /hint end=(\w+)/.exec(text)?.[1], at: performance.now() }
    }

    const someWords = (topic: string): Promise<boolean> =>
      eventually('some words', async () => (await hub.read(topic)).events.length >= 10, { within: 20_000 })

    it.skipIf(!start)('another process goes on, one of two, and the reader has every word once', async () => {
      const answer = { topic: `${name} taken over`, count: 10_000, lease }
      await using dying = await Producer.start('node', engine, answer)
      const reading = readToEnd(answer.topic)
      await someWords(answer.topic)
      await using first = await Producer.start('bun', engine, { ...answer, count: 50 })
      await dying.kill()
      await using second = await Producer.start('deno', engine, { ...answer, count: 50 })
      const { words, end } = await reading
      expect([words, end]).toEqual([wordsUpTo(words.length), 'done'])
      const heirs = [first, second]
      const outcomes = await Promise.all(heirs.map((heir) => heir.outcome(10_000)))
      expect(outcomes.toSorted()).toEqual(['elsewhere', 'produced'])
      const begun = heirs.flatMap(({ begunAfter }) => begunAfter ?? [])
      expect(begun).toEqual([words.length - 50])
      expect(await hub.status(answer.topic)).toBe('ended')
    })

    it.skipIf(!start)('nobody goes on, and the reader has a clean failure within the lease', async () => {
      const answer = { topic: `${name} failed`, count: 10_000, lease }
      await using dying = await Producer.start('node', engine, answer)
      const reading = readToEnd(answer.topic)
      await someWords(answer.topic)
      const killedAt = performance.now()
      await dying.kill()
      const { words, end, at } = await reading
      expect([words, end]).toEqual([wordsUpTo(words.length), 'failed'])
      // Where this process, or its log, stood still half-way for want of a processor, the lease begins anew.
      expect(at - killedAt).toBeLessThan(2 * lease + 1_000)
      expect(await hub.status(answer.topic)).toBe('failed')
    })

    it.skipIf(!start)('a process that only stood still stops, and what it says then is nowhere', async () => {
      const answer = { topic: `${name} zombie`, count: 10_000, lease, freezeAt: 20 }
      await using zombie = await Producer.start('node', engine, answer)
      const reading = readToEnd(answer.topic)
      const { words, end } = await reading
      zombie.thaw()
      expect([words, end]).toEqual([wordsUpTo(19), 'failed'])
      await zombie.exited
      const { events } = await hub.read(answer.topic, { limit: 1_000 })
      expect(events.map(({ data }) => data)).toEqual(words)
      expect(await hub.status(answer.topic)).toBe('failed')
    })
  },
)
