import { describe, expect, it } from 'vitest'
import { a, b, c, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

describe('a stream', () => {
  it('is asked for as an event stream, with nothing that nobody asked for', async () => {
    const stage = new Stage(a)
    await stage.settle()
    expect(stage.last.url.href).toBe(a)
    expect(stage.last.headers.get('accept')).toBe('text/event-stream;holdfast=1')
    expect(stage.last.lastEventId).toBe(null)
    stage.connection.close()
  })

  it('delivers events with their topic, and knows what was consumed', async () => {
    const stage = new Stage(a).listen()
    await stage.open(hello + checkpoint(4) + event(5) + event(6))
    expect(stage.events.map(({ data, topic }) => [data, topic])).toEqual([
      ['5', 'a'],
      ['6', 'a'],
    ])
    expect(stage.connection.lastEventId).toBe(id(6))
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: a })
    stage.connection.close()
  })

  it('moves elsewhere when it is cut, and goes on where it was', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(6_000)
    first.cut()
    await stage.advance(200)
    expect(stage.exchanges).toHaveLength(2)
    expect(stage.last.host).not.toBe(first.host)
    expect(stage.last.lastEventId).toBe(id(1))
    await stage.open(hello + checkpoint(1) + event(2))
    expect(stage.data).toEqual(['1', '2'])
    expect(stage.states.map(({ state }) => state)).toEqual([
      'connecting',
      'open',
      'lost',
      'waiting',
      'connecting',
      'switched',
      'open',
    ])
    stage.connection.close()
  })

  it('is raced for after 250 ms at least, by two attempts at most, and the first valid head wins', async () => {
    const stage = new Stage([a, b, c]).listen()
    await stage.settle()
    await stage.advance(449)
    expect(stage.exchanges).toHaveLength(1)
    await stage.advance(1)
    expect(stage.exchanges).toHaveLength(2)
    await stage.advance(1_000)
    expect(stage.exchanges).toHaveLength(2)
    const [slow] = stage.exchanges
    await stage.open(hello + checkpoint(0) + event(1))
    expect(slow?.aborted).toBe(true)
    expect(stage.data).toEqual(['1'])
    stage.connection.close()
  })

  it('is asked for beside an attempt that hangs, whatever was tried a moment ago, and what hangs is given up', async () => {
    const stage = new Stage([a, b]).listen()
    await stage.settle()
    // One attempt beside the first is all that there is in 10 s, but for what hangs.
    await stage.advance(450)
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(1_100)
    first.cut()
    await stage.advance(100)
    expect(stage.exchanges).toHaveLength(3)
    await stage.advance(450)
    expect(stage.exchanges).toHaveLength(4)
    await stage.advance(1_700)
    expect(stage.exchanges).toHaveLength(4)
    const again = stage.exchanges.slice(2).find(({ host }) => host === first.host)
    expect(again?.aborted).toBe(false)
    await stage.advance(600)
    expect(again?.aborted).toBe(true)
    stage.connection.close()
  })

  it('that is silent is hedged, and keeps its place when it speaks first', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(13_300)
    expect(stage.exchanges).toHaveLength(2)
    expect(stage.connection.status.state).toBe('suspect')
    await stage.send(first, event(1))
    expect(stage.last.aborted).toBe(true)
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: first.url.href })
    stage.connection.close()
  })

  it('that is silent gives way to the first hedge that opens', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(13_300)
    await stage.open(hello + checkpoint(0) + event(1))
    expect(first.aborted).toBe(true)
    expect(stage.data).toEqual(['1'])
    expect(stage.states.find(({ state }) => state === 'switched')).toMatchObject({ reason: 'suspect' })
    stage.connection.close()
  })

  it('that is silent for 2.5 heartbeats is given up, where there is nothing else', async () => {
    const stage = new Stage(a).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(25_200)
    expect(first.aborted).toBe(true)
    stage.connection.close()
  })

  it('without announced heartbeats may be silent', async () => {
    const stage = new Stage(a)
    const first = await stage.open('data: x\n\n')
    await stage.advance(10 * 60_000)
    expect(first.aborted).toBe(false)
    stage.connection.close()
  })

  it('of a draining server is replaced before it ends', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.send(first, ': hint drain=10000\n\n')
    await stage.advance(8_000)
    expect(stage.exchanges).toHaveLength(2)
    expect(first.aborted).toBe(false)
    await stage.send(first, event(1))
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    await stage.advance(1)
    expect(first.aborted).toBe(true)
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('that the server wants to shed moves, and both run for 5 s', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.send(first, ': hint shed=1\n\n')
    const second = await stage.open(hello + checkpoint(0) + event(1))
    await stage.send(first, event(1))
    await stage.advance(4_900)
    expect(first.aborted).toBe(false)
    await stage.advance(101)
    expect(first.aborted).toBe(true)
    await stage.send(second, ': hint shed=1\n\n')
    expect(stage.exchanges).toHaveLength(2)
    expect(stage.data).toEqual(['1'])
    stage.connection.close()
  })

  it('comes back after an outage with one sweep, then in steps of the back-off', async () => {
    const stage = new Stage([a, b, c])
    const { exchanges } = stage
    const refuse = async (until: number): Promise<void> => {
      for (let at = 0; at < until; at += 50) {
        await stage.advance(50)
        for (const exchange of exchanges.slice(refused)) exchange.refuse()
        refused = exchanges.length
      }
    }
    let refused = 0
    await refuse(200)
    expect(new Set(exchanges.map(({ host }) => host)).size).toBe(3)
    await refuse(60_000)
    // 10 s at most between two, so at least 6; on average 5 s, and a few tokens come back.
    expect(exchanges.length).toBeGreaterThan(8)
    expect(exchanges.length).toBeLessThan(40)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('of a standby shows that the other is behind', async () => {
    const stage = new Stage([a, b], { redundancy: 'standby' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    expect(stage.last.url.searchParams.get('mode')).toBe('standby')
    const standby = await stage.open(hello)
    await stage.send(standby, `: hint at=${id(3)}\n\n`)
    await stage.advance(1_100)
    expect(stage.exchanges).toHaveLength(3)
    expect(stage.last.url.href).toBe(standby.url.href.replace('?mode=standby', ''))
    await stage.open(hello + checkpoint(0) + event(1) + event(2) + event(3))
    await stage.advance(1)
    expect(first.aborted).toBe(true)
    expect(stage.data).toEqual(['1', '2', '3'])
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('of a standby is replaced when its server drains', async () => {
    const stage = new Stage([a, b, c], { redundancy: 'standby' })
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const standby = await stage.open(hello)
    await stage.send(standby, ': hint drain=10000\n\n')
    await stage.send(first, ':\n')
    await stage.advance(8_000)
    expect(standby.aborted).toBe(true)
    await stage.send(first, ':\n')
    await stage.advance(6_100)
    expect(stage.exchanges).toHaveLength(3)
    expect(stage.last.url.searchParams.get('mode')).toBe('standby')
    expect([a, b, c]).toContain(`${stage.last.url.origin}${stage.last.url.pathname}`)
    expect(stage.last.host).not.toBe(standby.host)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('is doubled without a repetition, and the second one carries on alone', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(0))
    await stage.send(first, event(1))
    await stage.send(second, event(1) + event(2))
    await stage.send(first, event(2))
    first.cut()
    await stage.settle()
    await stage.send(second, event(3))
    expect(stage.data).toEqual(['1', '2', '3'])
    stage.connection.close()
  })
})

describe('a gap', () => {
  it('goes to onGap, in its place, and not into the iteration', async () => {
    const stage = new Stage(a, { lastEventId: id(1) })
    await stage.open(hello + checkpoint(1) + gap(5) + event(6))
    const iterator = stage.connection[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ data: '6' })
    expect(stage.gaps).toEqual([{ reason: 'trimmed', topics: ['a'], from: id(1), to: id(5) }])
    stage.connection.close()
  })

  it('on one stream is none while another brings the events', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(0) + gap(2) + event(3))
    await stage.send(first, event(1) + event(2) + event(3))
    await stage.send(second, event(4))
    expect([stage.data, stage.gaps]).toEqual([['1', '2', '3', '4'], []])
    stage.connection.close()
  })

  it('left to a stream that then dies is asked for again', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(0) + gap(2) + event(3))
    first.cut()
    await stage.settle()
    expect(second.aborted).toBe(true)
    expect(stage.last.lastEventId).toBe(id(0))
    await stage.open(hello + checkpoint(0) + gap(2) + event(3))
    expect(stage.data).toEqual(['3'])
    expect(stage.gaps).toHaveLength(1)
    stage.connection.close()
  })

  it('is reported where a log begins again', async () => {
    const stage = new Stage(a).listen()
    await stage.open(hello + checkpoint(5) + event(6) + event(1, 2))
    expect(stage.data).toEqual(['6', '1'])
    expect(stage.gaps).toEqual([{ reason: 'new-epoch', topics: ['a'], from: id(6), to: id(0, 2) }])
    stage.connection.close()
  })

  it('is no reason to believe a server that has an older log', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(5, 2) + event(6, 2))
    await stage.advance(6_000)
    first.cut()
    await stage.advance(200)
    const stale = await stage.open(hello + checkpoint(6, 2) + gap(9, 1, 'new-epoch') + event(10))
    expect(stale.aborted).toBe(true)
    expect([stage.data, stage.gaps]).toEqual([['6'], []])
    stage.connection.close()
  })
})

describe('opaque ids', () => {
  it('are resumed from one stream at a time, and never compared', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open('id: x\ndata: 1\n\nid: y\ndata: 2\n\n')
    await stage.advance(10_000)
    expect(stage.exchanges).toHaveLength(1)
    first.cut()
    await stage.advance(200)
    expect(stage.last.lastEventId).toBe('y')
    await stage.open('id: x\ndata: 3\n\nid: y\ndata: 4\n\n')
    expect(stage.data).toEqual(['1', '2', '3', '4'])
    stage.connection.close()
  })

  it('may be checkpoints, after which an event without an id of its own is no repetition', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open('id: x\ndata: 1\n\n')
    first.cut()
    await stage.advance(200)
    await stage.open('id: x\n\ndata: 2\n\nid: y\ndata: 3\n\n')
    expect(stage.data).toEqual(['1', '2', '3'])
    stage.connection.close()
  })

  it('are sent as UTF-8', async () => {
    const stage = new Stage(a, { lastEventId: 'grüße' })
    await stage.settle()
    expect(stage.last.lastEventId).toBe('grÃ¼Ã\u009fe')
    stage.connection.close()
  })
})
