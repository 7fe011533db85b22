import type { HistoryPage } from '../hub/broker/broker.ts'
import { check, same } from './assert.ts'
import { type CaseDefinition, numbered, publishAll } from './scene.ts'

export const historyCases: CaseDefinition[] = [
  {
    name: 'read: a topic never written is at 0 of an epoch, where the first event then follows',
    run: async ({ broker }) => {
      const { head, ...page } = await broker.read('a', 'earliest', 10)
      same('page', page, { events: [], more: false })
      same('offset', head.offset, 0)
      same('at its head', await broker.read('a', head, 10), { events: [], head, more: false })
      const { position } = await broker.publish('a', [{ data: 'x' }])
      same('epoch', position.epoch, head.epoch)
      const next = await broker.read('a', head, 10)
      same('what follows', [texts(next), next.gap], [['x'], undefined])
    },
  },
  {
    name: 'read: pages of any size join to the whole, with more until the last',
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(25))
      for (const limit of [1, 4, 24, 25, 26, 1_000]) {
        const seen: string[] = []
        let page = await broker.read('a', 'earliest', limit)
        for (;;) {
          same('head', page.head.offset, 25)
          same('gap', page.gap, undefined)
          check(page.events.length <= limit, `Read ${page.events.length} events with limit ${limit}`)
          seen.push(...texts(page))
          if (!page.more) break
          const last = page.events.at(-1)
          check(last !== undefined, 'A page with more after it is empty')
          page = await broker.read('a', last.position, limit)
        }
        same(`with limit ${limit}`, seen, numbered(25))
      }
    },
  },
  {
    name: 'read: after a position it begins with the next one, at the head it is empty',
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(5))
      const { head } = await broker.read('a', 'earliest', 1)
      for (let offset = 0; offset <= 5; offset++) {
        const page = await broker.read('a', { ...head, offset }, 10)
        same(`after ${offset}`, [texts(page), page.more, page.gap], [numbered(5).slice(offset), false, undefined])
      }
    },
  },
  {
    name: 'read: past the head, or in another epoch, is a gap and begins with all there is',
    run: async ({ broker }) => {
      await publishAll(broker, 'a', numbered(5))
      const { head } = await broker.read('a', 'earliest', 1)
      const strange = [
        { ...head, offset: 6 },
        { ...head, offset: Number.MAX_SAFE_INTEGER },
        { epoch: head.epoch - 1, offset: 3 },
        { epoch: head.epoch + 1, offset: 3 },
        { epoch: 0, offset: 0 },
        { epoch: Number.MAX_SAFE_INTEGER, offset: 0 },
      ]
      for (const after of strange) {
        const page = await broker.read('a', after, 3)
        same(
          `after ${JSON.stringify(after)}`,
          [page.gap, texts(page), page.head, page.more],
          ['new-epoch', numbered(3), head, true],
        )
      }
    },
  },
  {
    name: 'read: past the head of a topic never written is a gap too',
    run: async ({ broker }) => {
      const { head } = await broker.read('a', 'earliest', 1)
      for (const after of [
        { ...head, offset: 1 },
        { epoch: head.epoch - 1, offset: 0 },
      ]) {
        const page = await broker.read('a', after, 3)
        same(
          `after ${JSON.stringify(after)}`,
          [page.gap, page.events, page.head, page.more],
          ['new-epoch', [], head, false],
        )
      }
    },
  },
]

function texts({ events }: HistoryPage): string[] {
  return events.map(({ data }) => data)
}
