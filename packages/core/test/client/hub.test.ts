import { describe, expect, it } from 'vitest'
import { connect } from '../../src/client/index.ts'
import type { ConnectionGap } from '../../src/client/types.ts'
import { createHub } from '../../src/hub/index.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'

const topics = ['news', 'chat/room-1']

/** Two hubs over one broker, as `http://0.test` and `http://1.test`. */
function house(maxEvents = 1_000): { hubs: ReturnType<typeof createHub>[]; fetch: typeof fetch; urls: string[] } {
  const broker = memoryBroker({ maxEvents })
  const hubs = [0, 1].map(() => createHub({ broker }))
  const respond = (url: string, init: RequestInit): Promise<Response> => {
    const hub = hubs[Number(new URL(url).hostname.split('.')[0])] as (typeof hubs)[0]
    return hub.respond(new Request(url, init), { topics })
  }
  return { hubs, fetch: respond as typeof fetch, urls: ['http://0.test/events', 'http://1.test/events'] }
}

describe('connect() and real hubs', () => {
  it('bring every event once, in order, while one hub closes, and complete at the end', async () => {
    const { hubs, fetch, urls } = house()
    const [first, second] = hubs as [(typeof hubs)[0], (typeof hubs)[0]]
    const connection = connect(urls, { fetch })
    const got: string[] = []
    const produce = async (): Promise<void> => {
      for (let number = 0; number < 200; number++) {
        await second.publish(topics[number % 2] as string, { data: `${number}` })
        if (number === 100) await first.close()
      }
      for (const topic of topics) await second.end(topic)
    }
    let producing: Promise<void> | undefined
    connection.onStatus(({ state }) => {
      if (state === 'open') producing ??= produce()
    })
    for await (const { data, topic } of connection) {
      got.push(data)
      expect([topics[Number(data) % 2], undefined]).toContain(topic)
    }
    await producing
    expect(got.map(Number).filter((number) => number % 2 === 0)).toEqual(
      Array.from({ length: 100 }, (_, index) => 2 * index),
    )
    expect(got.map(Number).filter((number) => number % 2 === 1)).toEqual(
      Array.from({ length: 100 }, (_, index) => 2 * index + 1),
    )
    expect(connection.status).toMatchObject({ state: 'closed', reason: 'done' })
    await second.close()
  })

  it('report what the history does not reach back to', async () => {
    const { hubs, fetch, urls } = house(5)
    const [hub] = hubs as [(typeof hubs)[0]]
    const { id } = await hub.publish('news', { data: '0' })
    for (let number = 1; number <= 20; number++) await hub.publish('news', { data: `${number}` })
    const gaps: ConnectionGap[] = []
    const connection = connect(urls, { fetch, lastEventId: id, onGap: (gap) => void gaps.push(gap) })
    const got: string[] = []
    for await (const { data } of connection) {
      got.push(data)
      if (data === '20') break
    }
    expect(got).toEqual(['16', '17', '18', '19', '20'])
    expect(gaps).toMatchObject([{ reason: 'trimmed', topics: ['news'], from: expect.stringContaining(id) }])
    await Promise.all(hubs.map((each) => each.close()))
  })
})
