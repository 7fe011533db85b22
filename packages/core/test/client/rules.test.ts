import { describe, expect, it } from 'vitest'
import { EndpointPool, type EndpointState } from '../../src/client/failover/endpoints.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { a, b, c, checkpoint, event, type Exchange, gap, hello, id, Stage } from './stage.ts'

/** Keep streams alive for a while, by what each is to hear. */
async function live(
  stage: Stage,
  milliseconds: number,
  heard: (exchange: Exchange) => string = () => ':\n',
): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 5_000) {
    await stage.advance(5_000)
    for (const exchange of stage.exchanges) if (!exchange.aborted) exchange.send(heard(exchange))
    await stage.settle()
  }
}

describe('an attempt', () => {
  it('that gets a head and then no byte meets a proxy that collects the stream', async () => {
    const stage = new Stage([a, b])
    const first = await stage.open()
    await stage.advance(10_000)
    expect(first.aborted).toBe(true)
    expect(stage.states).toContainEqual({ state: 'lost', endpoint: first.url.href, reason: 'buffered' })
    stage.connection.close()
  })

  it('whose head came late has as long again for its first byte', async () => {
    const stage = new Stage([a, b])
    await stage.advance(9_000)
    const first = await stage.open()
    await stage.advance(9_000)
    expect(first.aborted).toBe(false)
    await stage.advance(1_000)
    expect(stage.states).toContainEqual({ state: 'lost', endpoint: first.url.href, reason: 'buffered' })
    stage.connection.close()
  })

  it('that 403 refuses is made once more with other headers', async () => {
    let token = 0
    const stage = new Stage([a, b], { headers: () => ({ authorization: `${++token}` }) })
    await stage.settle()
    const { host } = stage.last
    stage.last.answer(403)
    await stage.settle()
    expect([stage.last.host, stage.last.headers.get('authorization')]).toEqual([host, '2'])
    stage.connection.close()
  })

  it('is not made again where 410 was the answer', async () => {
    const stage = new Stage([a, b])
    await stage.settle()
    const gone = stage.last
    gone.answer(410)
    for (let passed = 0; passed < 400_000; passed += 5_000) {
      await stage.advance(5_000)
      if (!stage.last.aborted) stage.last.refuse()
    }
    expect(stage.exchanges.slice(1).map(({ host }) => host)).not.toContain(gone.host)
    stage.connection.close()
  })

  it('waits for the date of Retry-After', async () => {
    const stage = new Stage(a)
    await stage.settle()
    stage.last.answer(503, { 'retry-after': new Date(stage.environment.wallTime() + 20_000).toUTCString() })
    await stage.advance(18_900)
    expect(stage.exchanges).toHaveLength(1)
    await stage.advance(7_000)
    expect(stage.exchanges).toHaveLength(2)
    stage.connection.close()
  })

  it('is followed by a pause when two endpoints said that there are too many', async () => {
    const stage = new Stage([a, b, c])
    await stage.settle()
    stage.last.answer(429)
    await stage.settle()
    stage.last.answer(429)
    await stage.settle()
    expect([stage.exchanges.length, stage.connection.status.state]).toEqual([2, 'waiting'])
    stage.connection.close()
  })

  /** A standby's server has no room for another stream, and the one that drained has. */
  async function withoutRoom(): Promise<{ stage: Stage; second: Exchange; standby: Exchange }> {
    const stage = new Stage([{ url: a, priority: 100_000 }, b], { redundancy: 'standby' }).listen()
    await stage.settle()
    stage.last.refuse()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const standby = await stage.open(hello)
    await live(stage, 10_000)
    await stage.send(first, ': hint drain=2000\n\n')
    await stage.advance(2_000)
    expect([stage.last.url.href, stage.exchanges.length]).toEqual([b, 4])
    stage.last.answer(503, { 'retry-after': '600' })
    await stage.advance(2_000)
    expect([stage.last.url.href, stage.exchanges.length]).toEqual([a, 5])
    const second = await stage.open(hello + checkpoint(0))
    await live(stage, 5_000)
    return { stage, second, standby }
  }

  it("does not wait for a standby's server that has no room for more", async () => {
    const { stage, second } = await withoutRoom()
    second.cut()
    await stage.advance(300)
    expect([stage.last.url.href, stage.exchanges.length]).toEqual([a, 6])
    stage.connection.close()
  })

  it('keeps to Retry-After although the server drains sooner, and is made elsewhere meanwhile', async () => {
    const { stage, second, standby } = await withoutRoom()
    await stage.send(standby, ': hint drain=2000\n\n')
    await live(stage, 10_000)
    expect([standby.aborted, stage.exchanges.length]).toEqual([true, 5])
    await stage.advance(13_300)
    expect(stage.connection.status).toEqual({ state: 'suspect', endpoint: second.url.href })
    expect([stage.last.url.href, stage.exchanges.length]).toEqual([a, 6])
    stage.connection.close()
  })
})

it('an endpoint that must not be asked is not had back by its failures', () => {
  const endpoints = new EndpointPool([a, b], new FakeEnvironment())
  const [barred] = endpoints.all as [EndpointState]
  endpoints.bar(barred, 300_000)
  for (let failures = 0; failures < 3; failures++) endpoints.failed(barred)
  expect(barred.avoidUntil).toBe(barred.barredUntil)
})

describe('silence', () => {
  it('is judged by the application where no heartbeat is announced', async () => {
    const stage = new Stage(a, { idleTimeout: 30_000 })
    const first = await stage.open('data: x\n\n')
    await stage.advance(29_999)
    expect(first.aborted).toBe(false)
    await stage.advance(1)
    expect(first.aborted).toBe(true)
    stage.connection.close()
  })

  it('is not judged at all where the application says so', async () => {
    const stage = new Stage([a, b], { idleTimeout: 0 })
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(600_000)
    expect([first.aborted, stage.exchanges.length, stage.environment.timers]).toEqual([false, 1, 0])
    stage.connection.close()
  })

  it("is not the server's while nobody takes the events, nor is what a standby then says", async () => {
    const stage = new Stage([a, b], { redundancy: 'standby' })
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const standby = await stage.open(hello)
    for (let offset = 1; offset <= 300; offset++) first.send(event(offset))
    await live(stage, 60_000, (exchange) => (exchange === standby ? `: hint at=${id(999)}\n\n` : ''))
    expect([first.aborted, standby.aborted, stage.exchanges.length]).toEqual([false, false, 2])
    stage.listen()
    await stage.settle()
    expect(stage.data).toHaveLength(300)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })
})

describe('a voluntary move', () => {
  it('leaves a stream that grew late', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    const at = (late: number): string => `: hint t=${stage.environment.wallTime() - late}\n\n`
    // The clocks may differ: only what is added counts.
    await stage.send(first, at(-50_000))
    await stage.send(first, at(-48_500))
    expect(stage.exchanges).toHaveLength(1)
    await stage.send(first, at(-48_500))
    expect(stage.exchanges).toHaveLength(2)
    await stage.open(hello + checkpoint(0) + event(1))
    expect(stage.states).toContainEqual(expect.objectContaining({ state: 'switched', reason: 'slow' }))
    stage.connection.close()
  })

  it('goes back to a preferred endpoint that was well for a minute', async () => {
    const stage = new Stage([a, { url: b, priority: 100_000 }]).listen()
    await stage.settle()
    expect(stage.last.url.href).toBe(a)
    stage.last.refuse()
    await stage.open(hello + checkpoint(0))
    expect(stage.last.url.href).toBe(b)
    await live(stage, 55_000, () => ': hint heartbeat=10000\n\n')
    expect(stage.exchanges).toHaveLength(2)
    await live(stage, 120_000, () => ': hint heartbeat=10000\n\n')
    expect(stage.exchanges[2]?.url.href).toBe(a)
    stage.connection.close()
  })
})

describe('redundancy', () => {
  it('adds a standby on another host after a loss, and gives it up after two calm minutes', async () => {
    const stage = new Stage([a, `${a}/2`, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(5_100)
    first.cut()
    await stage.advance(200)
    const second = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const standby = await stage.open(hello)
    expect(standby.url.searchParams.get('mode')).toBe('standby')
    expect(standby.host).not.toBe(second.host)
    await live(stage, 100_000, () => ': hint heartbeat=10000\n\n')
    expect(standby.aborted).toBe(false)
    await live(stage, 30_000, () => ': hint heartbeat=10000\n\n')
    expect([standby.aborted, stage.exchanges.length]).toEqual([true, 3])
    stage.connection.close()
  })

  it('makes a standby of a second stream when a server is very busy, and opens nothing at one that is', async () => {
    const stage = new Stage([a, b], { redundancy: { min: 'none', max: 'full' } }).listen()
    const first = await stage.open(hello + checkpoint(0) + ': hint standby=1\n\n')
    await stage.advance(6_100)
    const standby = await stage.open(hello)
    standby.cut()
    // No longer: an answer that takes 2 s from where one came before is not waited for.
    await stage.advance(3_600)
    const full = await stage.open(hello + checkpoint(0) + ': hint load=0.87\n\n')
    expect(full.url.search).toBe('')
    await stage.send(first, ': hint load=0.95\n\n')
    expect(full.aborted).toBe(true)
    await live(stage, 30_000)
    expect(stage.exchanges).toHaveLength(3)
    stage.connection.close()
  })
})

describe('exactly once', () => {
  it('holds when a stream was asked for before anything was known of its topic, and began later', async () => {
    const stage = new Stage([a, b]).listen()
    // The hint comes first, and a move is begun by it.
    const first = await stage.open(hello + ': hint shed=1\n\n')
    const second = stage.last
    await stage.send(first, checkpoint(0) + event(1) + event(2))
    first.cut()
    expect(second.lastEventId).toBeNull()
    await stage.open(hello + checkpoint(8) + event(9))
    expect([second.aborted, stage.last.lastEventId]).toEqual([true, id(2)])
    await stage.open(hello + [3, 4, 5, 6, 7, 8, 9].map((offset) => event(offset)).join(''))
    expect(stage.data).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(stage.gaps).toEqual([])
    stage.connection.close()
  })

  it('reports the gap when neither of two streams can bring it', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(0) + gap(5) + event(6))
    await stage.send(first, gap(3) + event(4))
    await stage.send(second, event(7))
    await stage.send(first, event(5) + event(6) + event(7) + event(8))
    await stage.send(second, event(8))
    expect(stage.data).toEqual(['4', '5', '6', '7', '8'])
    expect(stage.gaps).toMatchObject([{ from: id(0), to: id(3) }])
    stage.connection.close()
  })

  it('reports the gap beside a standby, which brings nothing', async () => {
    const stage = new Stage([a, b], { redundancy: 'standby' }).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(6_100)
    await stage.open(hello)
    await stage.send(first, gap(5) + event(6))
    expect(stage.data).toEqual(['1', '6'])
    expect(stage.gaps).toMatchObject([{ from: id(1), to: id(5) }])
    stage.connection.close()
  })

  it('holds when the log begins again while a hedge is open', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(5))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(5))
    await stage.send(first, gap(0, 2, 'new-epoch') + event(1, 2))
    await stage.send(second, gap(0, 2, 'new-epoch') + event(1, 2) + event(2, 2))
    await stage.send(first, event(2, 2) + event(3, 2))
    expect(stage.data).toEqual(['1', '2', '3'])
    expect(stage.gaps).toMatchObject([{ reason: 'new-epoch', to: id(0, 2) }])
    stage.connection.close()
  })

  it('is not over with a stream that left events to another one', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    await stage.open(hello + checkpoint(0) + gap(2) + event(3) + ': hint end=done\n\n')
    expect(stage.connection.status.state).toBe('open')
    await stage.send(first, event(1) + event(2) + event(3) + ': hint end=done\n\n')
    expect([stage.data, stage.gaps]).toEqual([['1', '2', '3'], []])
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
    expect(stage.environment.timers).toBe(0)
  })
})
