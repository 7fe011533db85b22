import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Locks } from '../../../src/client/shared/election.ts'
import { Origin } from './origin.ts'

let origin: Origin

beforeEach(() => {
  origin = new Origin()
})

afterEach(() => origin[Symbol.asyncDispose]())

async function settle(): Promise<void> {
  await origin.environment.advance(500)
}

describe('shared()', () => {
  it('holds one connection for tabs of the same topic', async () => {
    const tabs = [origin.tab(['news']), origin.tab(['news']), origin.tab(['news'])]
    await settle()
    await origin.publish('news', 'a', 'b')
    for (const tab of tabs) expect(tab.data).toEqual(['a', 'b'])
    expect(origin.streams).toBe(1)
  })

  it('gives each tab its own topics, of one connection to all of them', async () => {
    const news = origin.tab(['news'])
    const chat = origin.tab(['chat'])
    const both = origin.tab(['chat', 'news'])
    await settle()
    await origin.publish('news', 'n')
    await origin.publish('chat', 'c')
    expect([news.data, chat.data, both.data]).toEqual([['n'], ['c'], ['n', 'c']])
    expect(both.events.map(({ topic }) => topic)).toEqual(['news', 'chat'])
    expect(origin.streams).toBe(1)
  })

  it('takes in the topics of 30 tabs one after the other', async () => {
    const tabs = []
    for (let index = 0; index < 30; index++) {
      tabs.push(origin.tab(['all', `own-${index % 10}`]))
      await origin.environment.advance(40)
    }
    await settle()
    await origin.publish('all', 'a', 'b')
    await origin.publish('own-3', 'c')
    for (const [index, tab] of tabs.entries()) expect(tab.data).toEqual(index % 10 === 3 ? ['a', 'b', 'c'] : ['a', 'b'])
    expect(origin.streams).toBe(1)
  })

  it('lets a tab come late, from now on or from where it was', async () => {
    const first = origin.tab(['news'])
    await settle()
    await origin.publish('news', 'a', 'b', 'c')
    const id = first.events[0]!.id
    const now = origin.tab(['news'])
    const after = origin.tab(['news'], { lastEventId: id })
    const all = origin.tab(['news'], { lastEventId: 'earliest' })
    await settle()
    await origin.publish('news', 'd')
    expect([now.data, after.data, all.data]).toEqual([['d'], ['b', 'c', 'd'], ['a', 'b', 'c', 'd']])
    await origin.environment.advance(10_000)
    await origin.publish('news', 'e')
    expect(all.data).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(origin.streams).toBe(1)
  })

  it.each(['close', 'crash', 'freeze'] as const)('goes on when the tab that leads does: %s', async (end) => {
    const leader = origin.tab(['news'])
    const others = [origin.tab(['news']), origin.tab(['news'])]
    await settle()
    await origin.publish('news', 'a')
    leader[end]()
    await origin.publish('news', 'b')
    for (let time = 0; time < 6_000; time += 100) await origin.environment.advance(100)
    await origin.publish('news', 'c')
    for (const tab of others) expect(tab.data).toEqual(['a', 'b', 'c'])
    if (end !== 'freeze') return
    leader.thaw()
    for (let time = 0; time < 3_000; time += 100) await origin.environment.advance(100)
    await origin.publish('news', 'd')
    expect(leader.data).toEqual(['a', 'b', 'c', 'd'])
    expect(origin.streams).toBe(1)
  })

  it('ends for all tabs when the server says so, and leaves nothing behind', async () => {
    const tabs = [origin.tab(['news']), origin.tab(['news'])]
    await settle()
    await origin.publish('news', 'a')
    await origin.hub.end('news')
    await settle()
    for (const tab of tabs) {
      expect(tab.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
      expect(tab.data).toEqual(['a'])
    }
    expect(origin.streams).toBe(0)
  })

  it('closes the connection with the last tab', async () => {
    const tabs = [origin.tab(['news']), origin.tab(['chat'])]
    await settle()
    for (const tab of tabs) tab.close()
    await settle()
    expect(origin.streams).toBe(0)
  })

  it('leaves no timer behind in a tab that is closed, whoever leads after it', async () => {
    const tabs = [origin.tab(['news']), origin.tab(['news']), origin.tab(['news'])]
    await settle()
    for (const tab of tabs) {
      tab.close()
      // The next one is elected, and says so, before the clock moves.
      for (let turn = 0; turn < 5; turn++) await origin.environment.settle()
      await settle()
    }
    expect(origin.environment.timers).toBe(0)
  })

  it('leaves the lead to others where a tab is closed as it takes it over', async () => {
    const frozen = origin.tab(['news'])
    await settle()
    const taking = origin.tab(['news'])
    await settle()
    const locks = navigator.locks as unknown as Locks
    const { request } = locks
    vi.spyOn(locks, 'request').mockImplementation((name, options, callback) => {
      const answer = request(name, options, callback)
      if (options.steal) taking.close()
      return answer
    })
    frozen.freeze()
    for (let time = 0; time < 6_000; time += 100) await origin.environment.advance(100)
    expect(taking.connection.status.state).toBe('closed')
    const next = origin.tab(['news'])
    await settle()
    await origin.publish('news', 'a')
    expect(next.data).toEqual(['a'])
  })

  it('goes on by polls where a proxy collects streams', async () => {
    const collecting = ((url: string, init: RequestInit) => {
      if (url.includes('mode=poll')) return origin.fetch(url, init)
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    }) as typeof fetch
    const tabs = [origin.tab(['news'], { fetch: collecting }), origin.tab(['news'], { fetch: collecting })]
    for (let time = 0; time < 8_000; time += 100) await origin.environment.advance(100)
    await origin.publish('news', 'a')
    await origin.environment.advance(1_000)
    await origin.publish('news', 'b')
    for (const tab of tabs) expect(tab.data).toEqual(['a', 'b'])
  })

  it('lets a tab go its own way where the union would be too large', async () => {
    const many = origin.tab(Array.from({ length: 32 }, (_, index) => `topic-${index}`))
    await settle()
    const more = origin.tab(['more'])
    await settle()
    await origin.publish('more', 'm')
    await origin.publish('topic-7', 't')
    expect([many.data, more.data]).toEqual([['t'], ['m']])
    expect(origin.streams).toBe(2)
  })

  it('lets every tab find out by itself what is wrong', async () => {
    origin.isDown = true
    const tabs = [origin.tab(['news']), origin.tab(['news'])]
    for (let time = 0; time < 10_000; time += 500) await origin.environment.advance(500)
    origin.isDown = false
    for (let time = 0; time < 15_000; time += 500) await origin.environment.advance(500)
    await origin.publish('news', 'a')
    for (const tab of tabs) expect(tab.data).toEqual(['a'])
  })
})
