import { check, same } from './assert.ts'
import { checkContiguous } from './recorder.ts'
import { type CaseDefinition, numbered, publishAll } from './scene.ts'

const maxEvents = 20
// Engines may trim in steps: so many more are published that each of them must have trimmed.
const count = 500

export const trimCases: CaseDefinition[] = [
  {
    name: 'trim: the newest events are kept, and reading before them is a gap',
    maxEvents,
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(count))
      const { events, head, gap } = await broker.read('a', 'earliest', count)
      same('the head, and no gap from earliest', [head.offset, gap], [count, undefined])
      check(
        events.length >= maxEvents && events.length < count,
        `Kept ${events.length} events with a limit of ${maxEvents}`,
      )
      const oldest = count - events.length + 1
      checkContiguous(
        'what is kept',
        events.map(({ position }) => position.offset),
        oldest,
      )
      for (const offset of [0, 1, oldest - 2]) {
        const page = await broker.read('a', { ...head, offset }, 5)
        same(`after ${offset}`, [page.gap, page.events[0]?.position.offset, page.more], ['trimmed', oldest, true])
      }
      const page = await broker.read('a', { ...head, offset: oldest - 1 }, 5)
      same('right before the oldest', [page.gap, page.events[0]?.position.offset], [undefined, oldest])
    },
  },
  {
    name: 'trim: a batch larger than the limit keeps its positions and its order',
    maxEvents,
    run: async (scene) => {
      const recorder = await scene.record('a')
      const { position } = await scene.broker.publish(
        'a',
        numbered(count).map((data) => ({ data })),
      )
      same('position', position.offset, count)
      await scene.eventually(
        'the last event',
        () => recorder.texts.at(-1) === String(count) || recorder.losses.length > 0,
      )
      // What is trimmed before it was delivered must be told as lost, never skipped.
      if (recorder.losses.length === 0) checkContiguous('heard', recorder.offsets, 1)
      const { events } = await scene.broker.read('a', 'earliest', count)
      checkContiguous(
        'kept',
        events.map(({ position: { offset } }) => offset),
        count - events.length + 1,
      )
    },
  },
  {
    name: 'trim: while somebody pages through the history nothing is skipped in silence',
    maxEvents,
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(maxEvents))
      let { head: at } = await broker.read('a', 'earliest', 1)
      at = { ...at, offset: 0 }
      const publishing = publishAll(broker, 'a', numbered(count))
      let page = await broker.read('a', at, 3)
      for (;;) {
        const first = page.events[0]?.position.offset
        check(
          page.gap !== undefined || first === undefined || first === at.offset + 1,
          `Skipped from ${at.offset} to ${first} without a gap`,
        )
        at = page.events.at(-1)?.position ?? at
        if (at.offset === maxEvents + count) break
        page = await broker.read('a', at, 3)
      }
      await publishing
    },
  },
  {
    name: 'trim: a key is known at least as long as its events are kept',
    maxEvents,
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(count))
      const { position } = await broker.publish('a', [{ data: 'x' }], { key: 'k' })
      await publishAll(broker, 'a', numbered(maxEvents - 1))
      same('again', await broker.publish('a', [{ data: 'x' }], { key: 'k' }), { position, duplicate: true })
    },
  },
]
