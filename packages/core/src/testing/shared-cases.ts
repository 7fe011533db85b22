import { same } from './assert.ts'
import { checkContiguous } from './recorder.ts'
import { type CaseDefinition, numbered, publishAll } from './scene.ts'

export const sharedCases: CaseDefinition[] = [
  {
    name: 'shared: what one broker publishes, the other hears and reads at the same positions',
    needs: 'shared',
    run: async (scene) => {
      const other = await scene.another()
      const recorder = await scene.record('a', other)
      await publishAll(scene.broker, 'a', numbered(10))
      await scene.eventually('all events', () => recorder.events.length >= 10)
      const page = await scene.broker.read('a', 'earliest', 20)
      same('read', await other.read('a', 'earliest', 20), page)
      same('heard', recorder.events, page.events)
      same('a head', (await scene.record('a', other)).head, page.head)
    },
  },
  {
    name: 'shared: concurrent publishers at two brokers get one order, seen alike at both',
    needs: 'shared',
    run: async (scene) => {
      const other = await scene.another()
      const recorders = [await scene.record('a'), await scene.record('a', other)]
      await Promise.all(numbered(100).map((data, index) => (index % 2 ? other : scene.broker).publish('a', [{ data }])))
      await scene.eventually('all events', () => recorders.every(({ events }) => events.length >= 100))
      const { events } = await other.read('a', 'earliest', 200)
      checkContiguous(
        'history',
        events.map(({ position }) => position.offset),
        1,
      )
      for (const recorder of recorders)
        same(
          'heard',
          recorder.texts,
          events.map(({ data }) => data),
        )
    },
  },
  {
    name: 'shared: a key is known at both',
    needs: 'shared',
    run: async (scene) => {
      const other = await scene.another()
      const results = await Promise.all(
        [scene.broker, other, scene.broker, other].map((broker) => broker.publish('a', [{ data: 'x' }], { key: 'k' })),
      )
      same('stored', results.filter(({ duplicate }) => !duplicate).length, 1)
      same(
        'positions',
        results.map(({ position }) => position.offset),
        [1, 1, 1, 1],
      )
    },
  },
  {
    name: 'shared: a topic never written has one epoch at both',
    needs: 'shared',
    run: async (scene) => {
      const other = await scene.another()
      const { head } = await scene.broker.read('a', 'earliest', 1)
      same('read', (await other.read('a', 'earliest', 1)).head, head)
      same('subscribed', (await scene.record('a', other)).head, head)
      same('written', (await other.publish('a', [{ data: 'x' }])).position.epoch, head.epoch)
    },
  },
  {
    name: 'shared: closing one leaves the other alone',
    needs: 'shared',
    run: async (scene) => {
      const other = await scene.another()
      const recorder = await scene.record('a')
      await other.publish('a', [{ data: '1' }])
      await other.close()
      await scene.broker.publish('a', [{ data: '2' }])
      await scene.eventually('both events', () => recorder.events.length >= 2)
      same('heard', recorder.texts, ['1', '2'])
    },
  },
]
