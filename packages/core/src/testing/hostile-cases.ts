import { same } from './assert.ts'
import type { CaseDefinition } from './scene.ts'

const topics = [
  ' ',
  'a b',
  'ä',
  'a\u0308',
  '🐟',
  '日本',
  'a\nb',
  'a\r\nb',
  '\0',
  'a\0',
  '*',
  '>',
  'a.*',
  'a.>',
  'a.b',
  '.',
  '..',
  '../x',
  '/',
  'a/b',
  'a:b',
  'a:b:epoch',
  '{a}',
  'a}',
  '{',
  '[a-z]',
  '?',
  '%',
  '%61',
  '"',
  "'",
  '`',
  '\\',
  '; DROP TABLE events; --',
  '$JS.API',
  '__proto__',
  'constructor',
  'toString',
  'head',
  'epoch',
  'keys',
  'a',
  'A',
  'x'.repeat(1_024),
  '🐟'.repeat(512),
]

const texts = [
  '',
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\0',
  'a\0b',
  '\u2028',
  '\uFEFFa',
  'data: x\n\nid: 7',
  '日本語 ünïcödé 🐟',
  '{"a":[1,null]}',
  '-1',
  '+OK\r\n',
  '"',
  "'",
  '\\n',
  '\u007f\u0080\u00ff',
  'x'.repeat(70_000),
  `${'🐟'.repeat(250_000)}!`,
]

// The hub marks the beginning and the end of a producer by names that begin with LF.
const names = ['message', '\nend', '\nrun', 'gap', '', ' ', 'ü', '🐟', '\0', '__proto__', 'event', 'x'.repeat(5_000)]

export const hostileCases: CaseDefinition[] = [
  {
    name: 'hostile: topics of any name are topics of their own',
    run: async (scene) => {
      const { broker } = scene
      const recorders = await Promise.all(topics.map((topic) => scene.record(topic)))
      for (const topic of topics) await broker.publish(topic, [{ data: topic }], { key: topic })
      for (const [index, topic] of topics.entries()) {
        const { events, head } = await broker.read(topic, 'earliest', 10)
        same(`topic ${JSON.stringify(topic)}`, [head.offset, events.map(({ data }) => data)], [1, [topic]])
        await scene.eventually(`the event of ${JSON.stringify(topic)}`, () => recorders[index]?.events.length === 1)
        same(`heard of ${JSON.stringify(topic)}`, recorders[index]?.texts, [topic])
      }
    },
  },
  {
    name: 'hostile: data comes back as it was, whatever it holds, up to 1 MB',
    run: async (scene) => {
      const recorder = await scene.record('a')
      for (const data of texts) await scene.broker.publish('a', [{ data }])
      const { events } = await scene.broker.read('a', 'earliest', 100)
      same(
        'read',
        events.map(({ data }) => data),
        texts,
      )
      await scene.eventually('all events', () => recorder.events.length >= texts.length)
      same('heard', recorder.texts, texts)
    },
  },
  {
    name: 'hostile: event types come back as they were, the empty one and none included',
    run: async (scene) => {
      const recorder = await scene.record('a')
      const batch = [...names.map((event) => ({ event, data: 'x' })), { data: 'y' }]
      await scene.broker.publish('a', batch)
      const { events } = await scene.broker.read('a', 'earliest', 100)
      same(
        'read',
        events.map(({ event }) => event ?? null),
        [...names, null],
      )
      await scene.eventually('all events', () => recorder.events.length >= batch.length)
      same('heard', recorder.events, events)
    },
  },
]
