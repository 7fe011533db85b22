import { check, same } from './assert.ts'
import { checkContiguous, Recorder } from './recorder.ts'
import { type CaseDefinition, numbered, publishAll } from './scene.ts'

export const subscribeCases: CaseDefinition[] = [
  {
    name: 'subscribe: the head is where the topic is, and everything after it is heard once in order',
    run: async (scene) => {
      const { broker } = scene
      const early = await scene.record('a')
      await publishAll(broker, 'a', numbered(3))
      const late = await scene.record('a')
      await publishAll(broker, 'a', numbered(100, 'x'))
      await scene.eventually('all events', () => late.events.length >= 100 && early.events.length >= 103)
      same('heads', [early.head.offset, late.head.offset], [0, 3])
      same(
        'epochs',
        new Set([early.head, late.head, ...late.events.map(({ position }) => position)].map(({ epoch }) => epoch)).size,
        1,
      )
      same('early', early.texts, [...numbered(3), ...numbered(100, 'x')])
      same('late', late.texts, numbered(100, 'x'))
      checkContiguous('offsets', late.offsets, 4)
    },
  },
  {
    name: 'subscribe: what is heard equals what is read',
    run: async (scene) => {
      const recorder = await scene.record('a')
      await scene.broker.publish('a', [{ data: 'plain' }, { data: 'named', event: 'x' }, { data: '' }])
      await scene.eventually('all events', () => recorder.events.length >= 3)
      same('heard', recorder.events, (await scene.broker.read('a', 'earliest', 5)).events)
    },
  },
  {
    name: 'subscribe: head and listening are one step, also among concurrent publishes',
    run: async (scene) => {
      const { broker } = scene
      const recorders: Recorder[] = []
      const publishing: Promise<unknown>[] = []
      for (const text of numbered(40)) {
        publishing.push(broker.publish('a', [{ data: text }, { data: `${text}b` }]))
        const recorder = new Recorder()
        recorders.push(recorder)
        publishing.push(recorder.listen(broker, 'a'))
        if (recorders.length % 8 === 0) await publishing.at(-2)
      }
      await Promise.all(publishing)
      await scene.eventually('the last event everywhere', () =>
        recorders.every(({ head, events }) => (events.at(-1)?.position ?? head).offset >= 80),
      )
      for (const { head, offsets } of recorders) {
        checkContiguous(`heard from head ${head.offset}`, offsets, head.offset + 1)
        same('the last', head.offset + offsets.length, 80)
      }
    },
  },
  {
    name: 'subscribe: after unsubscribing nothing is heard, and the others go on',
    run: async (scene) => {
      const { broker } = scene
      const [leaving, staying] = [await scene.record('a'), await scene.record('a')]
      await broker.publish('a', [{ data: '1' }])
      await scene.eventually('the first event', () => leaving.events.length === 1)
      await leaving.stop()
      await leaving.stop()
      await publishAll(broker, 'a', ['2', '3'])
      await scene.eventually('the last event', () => staying.events.length >= 3)
      same('heard', [leaving.texts, staying.texts], [['1'], ['1', '2', '3']])
      const back = await scene.record('a')
      same('head of who comes back', back.head.offset, 3)
    },
  },
  {
    name: 'subscribe: unsubscribing among publishes, and coming back at once, loses nothing',
    run: async (scene) => {
      const { broker } = scene
      const publishing = publishAll(broker, 'a', numbered(60))
      for (let round = 0; round < 10; round++) await (await scene.record('a')).stop()
      const recorder = await scene.record('a')
      await publishing
      await scene.eventually('the last event', () => recorder.head.offset + recorder.events.length >= 60)
      checkContiguous('heard', recorder.offsets, recorder.head.offset + 1)
    },
  },
  {
    name: 'subscribe: one listener twice hears twice, and leaves once',
    run: async (scene) => {
      const { broker } = scene
      const recorder = await scene.record('a')
      const other = await broker.subscribe('a', recorder)
      await broker.publish('a', [{ data: '1' }])
      await scene.eventually('both', () => recorder.events.length >= 2)
      await other.unsubscribe()
      await broker.publish('a', [{ data: '2' }])
      await scene.eventually('the second event', () => recorder.texts.includes('2'))
      same('heard', recorder.texts, ['1', '1', '2'])
    },
  },
  {
    name: 'subscribe: a listener that throws harms neither the publisher nor other listeners',
    run: async (scene) => {
      const { broker } = scene
      const quiet = silenced()
      try {
        await broker.subscribe('a', { onEvent: () => fail(), onLost: () => {} })
        const recorder = await scene.record('a')
        await publishAll(broker, 'a', ['1', '2'])
        await scene.eventually('both events', () => recorder.events.length >= 2)
        same('heard', recorder.texts, ['1', '2'])
      } finally {
        quiet()
      }
    },
  },
  {
    name: 'subscribe: many topics at once, each hears its own',
    run: async (scene) => {
      const topics = numbered(50, 'topic-')
      const recorders = await Promise.all(topics.map((topic) => scene.record(topic)))
      await Promise.all(topics.map((topic) => scene.broker.publish(topic, [{ data: topic }])))
      await scene.eventually('all events', () => recorders.every(({ events }) => events.length > 0))
      same(
        'heard',
        recorders.map(({ texts }) => texts.join()),
        topics,
      )
    },
  },
]

function fail(): never {
  throw new Error('A listener of the broker contract throws on purpose')
}

// What a listener throws is reported on the console, where it would look like a failure.
function silenced(): () => void {
  const { console } = globalThis as { console?: { error(...values: unknown[]): void } }
  if (!console) return () => {}
  const { error } = console
  console.error = () => {}
  check(typeof error === 'function', 'No console')
  return () => void (console.error = error)
}
