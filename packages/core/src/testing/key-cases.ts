import { same } from './assert.ts'
import type { CaseDefinition } from './scene.ts'

export const keyCases: CaseDefinition[] = [
  {
    name: 'key: the second publish with it stores nothing and gets the first one’s position',
    run: async (scene) => {
      const { broker } = scene
      const recorder = await scene.record('a')
      const first = await broker.publish('a', [{ data: '1' }], { key: 'k' })
      await broker.publish('a', [{ data: '2' }])
      const again = await broker.publish('a', [{ data: 'other' }], { key: 'k' })
      same('the first', first.duplicate, false)
      same('the second', again, { position: first.position, duplicate: true })
      await broker.publish('a', [{ data: '3' }])
      await scene.eventually('the last event', () => recorder.texts.includes('3'))
      same('events heard', recorder.texts, ['1', '2', '3'])
    },
  },
  {
    name: 'key: of concurrent publishes with one key exactly one is stored, and all get its position',
    run: async ({ broker }) => {
      const results = await Promise.all(
        Array.from({ length: 20 }, () => broker.publish('a', [{ data: 'x' }], { key: 'k' })),
      )
      same('stored', results.filter(({ duplicate }) => !duplicate).length, 1)
      same('positions', new Set(results.map(({ position }) => position.offset)).size, 1)
      same('head', (await broker.read('a', 'earliest', 5)).head.offset, 1)
    },
  },
  {
    name: 'key: a batch has one key, and its position is that of its last event',
    run: async ({ broker }) => {
      const batch = [{ data: '1' }, { data: '2' }, { data: '3' }]
      const [first, second] = await Promise.all([
        broker.publish('a', batch, { key: 'k' }),
        broker.publish('a', batch, { key: 'k' }),
      ])
      same('positions', [first.position.offset, second.position.offset], [3, 3])
      same('duplicates', [first, second].filter(({ duplicate }) => duplicate).length, 1)
      same('head', (await broker.read('a', 'earliest', 9)).head.offset, 3)
    },
  },
  {
    name: 'key: it is known in its own topic only, and other keys are other keys',
    run: async ({ broker }) => {
      const keys = ['k', 'K', '', ' ', 'k\0', 'k\n', '0', '__proto__', '🔑', 'epoch', 'offset', 'k'.repeat(1_000)]
      for (const topic of ['a', 'b']) {
        for (const key of keys)
          same(
            `first use of ${JSON.stringify(key.slice(0, 9))}`,
            (await broker.publish(topic, [{ data: key }], { key })).duplicate,
            false,
          )
      }
      const { events } = await broker.read('b', 'earliest', 50)
      same(
        'events',
        events.map(({ data }) => data),
        keys,
      )
      for (const key of keys)
        same(
          `second use of ${JSON.stringify(key.slice(0, 9))}`,
          (await broker.publish('a', [{ data: 'x' }], { key })).duplicate,
          true,
        )
    },
  },
]
