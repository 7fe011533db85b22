import type { Position } from '../hub/broker/broker.ts'
import { check, rejection, same } from './assert.ts'
import { checkContiguous } from './recorder.ts'
import { type CaseDefinition, numbered } from './scene.ts'

export const publishCases: CaseDefinition[] = [
  {
    name: 'publish: the first event is 1 of an epoch of milliseconds, the next one 2',
    run: async ({ broker }) => {
      const { position, duplicate } = await broker.publish('a', [{ data: 'x' }])
      check(
        Number.isSafeInteger(position.epoch) && position.epoch > 0,
        `Epoch ${position.epoch} is no positive safe integer`,
      )
      same('offset', [position.offset, duplicate], [1, false])
      same('the next', (await broker.publish('a', [{ data: 'y' }])).position, { epoch: position.epoch, offset: 2 })
    },
  },
  {
    name: 'publish: a batch is contiguous and resolves with its last position',
    run: async ({ broker }) => {
      await broker.publish('a', [{ data: '1' }])
      const { position } = await broker.publish('a', [
        { data: '2', event: 'x' },
        { data: '3' },
        { data: '4', event: 'y' },
      ])
      const { events } = await broker.read('a', 'earliest', 10)
      same('position', position.offset, 4)
      same(
        'events',
        events.map(({ data, event, position: { offset } }) => [offset, data, event]),
        [
          [1, '1', undefined],
          [2, '2', 'x'],
          [3, '3', undefined],
          [4, '4', 'y'],
        ],
      )
    },
  },
  {
    name: 'publish: each topic counts for itself',
    run: async ({ broker }) => {
      const offsets: number[] = []
      for (const topic of ['a', 'b', 'a', 'a', 'b'])
        offsets.push((await broker.publish(topic, [{ data: topic }])).position.offset)
      same('offsets', offsets, [1, 1, 2, 3, 2])
    },
  },
  {
    name: 'publish: concurrent publishers get one order, the same for two subscribers and for read',
    run: async (scene) => {
      const { broker } = scene
      const [first, second] = [await scene.record('a'), await scene.record('a')]
      const texts = numbered(200)
      const published = await Promise.all(texts.map((data) => broker.publish('a', [{ data }])))
      await scene.eventually('all events at both', () => first.events.length >= 200 && second.events.length >= 200)
      const { events } = await broker.read('a', 'earliest', 500)
      checkContiguous(
        'history',
        events.map(({ position }) => position.offset),
        1,
      )
      same('first subscriber', first.events, events)
      same('second subscriber', second.events, events)
      const told = published
        .map(({ position }, index) => [position.offset, texts[index]] as const)
        .sort(([a], [b]) => a - b)
      same(
        'positions told',
        told.map(([, data]) => data),
        events.map(({ data }) => data),
      )
    },
  },
  {
    name: 'publish: batches stay whole among concurrent publishers',
    run: async ({ broker }) => {
      const batch = (name: number) => ['a', 'b', 'c'].map((letter) => ({ data: `${name}${letter}` }))
      const published = await Promise.all(Array.from({ length: 40 }, (_, index) => broker.publish('a', batch(index))))
      const { events } = await broker.read('a', 'earliest', 200)
      same('how many', events.length, 120)
      for (const [index, { position }] of published.entries()) {
        same(
          'a batch',
          textsUpTo(events, position, 3),
          batch(index).map(({ data }) => data),
        )
      }
    },
  },
  {
    name: 'publish: with a signal that is aborted it rejects with the reason and stores nothing',
    run: async ({ broker }) => {
      const reason = new Error('never mind')
      const error = await rejection(
        'publish',
        broker.publish('a', [{ data: 'x' }], { signal: AbortSignal.abort(reason) }),
      )
      check(error === reason, `Expected the signal's reason, got ${String(error)}`)
      same('head', (await broker.read('a', 'earliest', 1)).head.offset, 0)
    },
  },
]

function textsUpTo(events: readonly { position: Position; data: string }[], last: Position, count: number): string[] {
  return events.slice(last.offset - count, last.offset).map(({ data }) => data)
}
