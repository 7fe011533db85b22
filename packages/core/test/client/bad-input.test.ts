import { describe, expect, it } from 'vitest'
import { topicKey } from '../../src/wire/position.ts'
import { a, b, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

/** An id of one topic that has this name. */
function idOf(topic: string, offset: number): string {
  return `c1~${topicKey(topic)}-1-${offset.toString(36)}`
}

/** The id of a subscription to these topics, which all are at one offset. */
function vector(topics: readonly string[], offset: number): string {
  const sorted = topics.map(topicKey).sort()
  return `c1${sorted.map((key) => `~${key}-1-${offset.toString(36)}`).join('')}`
}

function limits(stage: Stage): unknown[] {
  return stage.states.flatMap((status) => (status.state === 'limited' ? [status.limit] : []))
}

describe('an id that cannot be sent', () => {
  it.each([
    ['with a control character', 'a\x01b'],
    ['with DEL', 'a\x7fb'],
    ['of 17 KB', 'x'.repeat(17_000)],
    ['of 200 KB', 'x'.repeat(200_000)],
    ['of 4,097 bytes in fewer characters', 'ü'.repeat(2_049)],
  ])('%s keeps nobody from coming back, and is told once', async (_, unsendable) => {
    const stage = new Stage(a).listen()
    for (let round = 0; round < 3; round++) {
      await stage.open(`id: ${unsendable}\ndata: ${round}\n\n`)
      expect(stage.last.lastEventId).toBe(null)
      stage.last.end()
      await stage.advance(3_000)
    }
    expect(stage.data).toEqual(['0', '1', '2'])
    expect(stage.exchanges).toHaveLength(4)
    expect(limits(stage)).toEqual(['id-size'])
    stage.connection.close()
  })

  it('is followed by one that can', async () => {
    const stage = new Stage(a).listen()
    await stage.open('id: a\x01b\ndata: 1\n\nid: ok\ndata: 2\n\n')
    stage.last.end()
    await stage.advance(3_000)
    expect(stage.last.lastEventId).toBe('ok')
    stage.connection.close()
  })
})

describe('a log that began anew at an earlier time', () => {
  // A Pi without a clock, or a restored machine.
  const restarted = hello + gap(0, 1, 'new-epoch') + event(1, 1)

  it('is believed when the only endpoint has said so three times over 10 s', async () => {
    const stage = new Stage(a).listen()
    const first = await stage.open(hello + checkpoint(5, 2) + event(6, 2))
    first.cut()
    for (let passed = 0; passed < 60_000 && stage.data.length < 2; passed += 100) {
      await stage.advance(100)
      if (!stage.last.aborted && stage.last.pulls === 0) stage.last.open(restarted)
      await stage.settle()
    }
    expect(stage.exchanges.length).toBeGreaterThanOrEqual(4)
    expect(stage.data).toEqual(['6', '1'])
    expect(stage.gaps).toEqual([{ reason: 'new-epoch', topics: ['a'], from: id(6, 2), to: id(0, 1) }])
    await stage.send(stage.last, event(2, 1))
    expect(stage.data).toEqual(['6', '1', '2'])
    stage.connection.close()
  })

  it('is not believed while another endpoint goes on with the newer one', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(5, 2) + event(6, 2))
    const answer = (): void => {
      if (stage.last.aborted || stage.last.pulls > 0) return
      stage.last.open(stage.last.host === first.host ? restarted : hello + checkpoint(6, 2))
    }
    first.cut()
    for (let passed = 0; passed < 120_000; passed += 1_000) {
      await stage.advance(1_000)
      answer()
      for (const exchange of stage.exchanges) if (!exchange.aborted && exchange.pulls > 0) exchange.send(':\n')
    }
    expect([stage.data, stage.gaps]).toEqual([['6'], []])
    stage.connection.close()
  })

  it('is believed when the endpoint that had the newer one is gone', async () => {
    const stage = new Stage([a, b]).listen()
    const first = await stage.open(hello + checkpoint(5, 2) + event(6, 2))
    first.cut()
    for (let passed = 0; passed < 300_000 && stage.data.length < 2; passed += 500) {
      await stage.advance(500)
      for (const exchange of stage.exchanges.slice(1)) {
        if (exchange.aborted || exchange.pulls > 0) continue
        if (exchange.host === first.host) exchange.refuse()
        else exchange.open(restarted)
      }
      await stage.settle()
    }
    expect(stage.data).toEqual(['6', '1'])
    expect(stage.gaps).toMatchObject([{ reason: 'new-epoch' }])
    stage.connection.close()
  })
})

describe('ids that every connection counts anew, as in tutorials', () => {
  it('drop nothing', async () => {
    const stage = new Stage([a, b]).listen()
    for (let round = 0; round < 4; round++) {
      const numbers = [0, 1, 2, 3, 4]
      await stage.open(numbers.map((number) => `id: ${number}\ndata: ${round}.${number}\n\n`).join(''))
      stage.last.end()
      await stage.advance(3_000)
    }
    expect(stage.data).toHaveLength(20)
    stage.connection.close()
  })
})

describe("a server's reconnection time", () => {
  it('is a minimum at that endpoint', async () => {
    const stage = new Stage(a)
    const first = await stage.open('retry: 3000\ndata: x\n\n')
    await stage.advance(5_500)
    first.end()
    await stage.advance(2_990)
    expect(stage.exchanges).toHaveLength(1)
    await stage.advance(1_500)
    expect(stage.exchanges).toHaveLength(2)
    stage.connection.close()
  })

  it('says nothing about another endpoint', async () => {
    const stage = new Stage([a, b])
    const first = await stage.open('retry: 600000\ndata: x\n\n')
    await stage.advance(5_500)
    first.end()
    await stage.advance(200)
    expect(stage.exchanges).toHaveLength(2)
    expect(stage.last.host).not.toBe(first.host)
    stage.connection.close()
  })
})

describe('more topics than an id can hold', () => {
  it('behind one URL over time are forgotten, the oldest first, and what is named is resumed', async () => {
    const stage = new Stage(a).listen()
    for (let number = 0; number < 40; number++) {
      const topics = ['news', `user:${number}`]
      await stage.open(`${hello}id: ${vector(topics, 7)}\n\n`)
      const { last } = stage
      last.cut()
      while (stage.last === last || stage.last.aborted) await stage.advance(1_000)
    }
    const components = stage.last.lastEventId?.split('~').slice(1) ?? []
    expect(components.length).toBeLessThanOrEqual(32)
    expect(components).toContain(`${topicKey('news')}-1-7`)
    expect(components).toContain(`${topicKey('user:39')}-1-7`)
    expect(limits(stage)).toEqual([])
    stage.connection.close()
  })

  it('on one stream are delivered, bounded, and told', async () => {
    const stage = new Stage(a).listen()
    const exchange = await stage.open(hello)
    for (let number = 0; number < 16_000; number += 500) {
      const numbers = Array.from({ length: 500 }, (_, index) => number + index)
      exchange.send(numbers.map((each) => `id: ${idOf(`t${each}`, 1)}\ndata: ${each}\n\n`).join(''))
    }
    await stage.settle()
    expect(stage.events).toHaveLength(16_000)
    expect(stage.connection.lastEventId.split('~').length).toBeLessThanOrEqual(33)
    expect(limits(stage)).toEqual(['topic-count'])
    stage.connection.close()
  })

  it('in a gap, or a hint, are passed over', async () => {
    const stage = new Stage(a).listen()
    const names = Array.from({ length: 1_000_000 }, (_, number) => `t${number}`)
    const data = JSON.stringify({ reason: 'trimmed', topics: names.slice(0, 100_000), from: '', to: '' })
    const before = process.memoryUsage().heapUsed
    await stage.open(`${hello}${checkpoint(0)}: hint topics=${names.join(',')}\n\n`)
    await stage.send(stage.last, `event: gap\nid: ${id(3)}\ndata: ${data}\n\n${event(4)}`)
    expect(stage.data).toEqual(['4'])
    expect(stage.events[0]?.topic).toBe('a')
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6)
    stage.connection.close()
  })
})

describe('an event that is larger than what is kept of one', () => {
  const large = (offset: number): string => `id: ${id(offset)}\ndata: ${'x'.repeat(3_000)}\n\n`

  it('is a gap, and what follows is delivered', async () => {
    const stage = new Stage(a, { maxEventBytes: 2_000 }).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1) + large(2) + event(3))
    expect(stage.data).toEqual(['1', '3'])
    expect(stage.gaps).toEqual([{ reason: 'too-large', topics: ['a'], from: id(1), to: id(2) }])
    expect(limits(stage)).toEqual(['event-size'])
    first.cut()
    await stage.advance(2_000)
    expect(stage.last.lastEventId).toBe(id(3))
    stage.connection.close()
  })

  it('is not asked for again where nothing follows on it', async () => {
    const stage = new Stage(a, { maxEventBytes: 2_000 }).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1) + large(2))
    first.cut()
    await stage.advance(2_000)
    expect(stage.last.lastEventId).toBe(id(2))
    stage.connection.close()
  })

  it('is a gap where ids are opaque, too', async () => {
    const stage = new Stage(a, { maxEventBytes: 2_000 }).listen()
    await stage.open(`id: p\ndata: 1\n\nid: q\ndata: ${'x'.repeat(3_000)}\n\nid: r\ndata: 3\n\n`)
    expect(stage.data).toEqual(['1', '3'])
    expect(stage.gaps).toEqual([{ reason: 'too-large', topics: [], from: 'p', to: 'q' }])
    stage.connection.close()
  })

  it('of two streams is one gap', async () => {
    const stage = new Stage([a, b], { redundancy: 'full', maxEventBytes: 2_000 }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    const second = await stage.open(hello + checkpoint(0))
    await stage.send(first, event(1) + large(2) + event(3))
    await stage.send(second, event(1) + large(2) + event(3) + event(4))
    await stage.send(first, event(4))
    expect(stage.data).toEqual(['1', '3', '4'])
    expect(stage.gaps).toHaveLength(1)
    stage.connection.close()
  })

  it('is none that many comments without a blank line come before', async () => {
    const stage = new Stage(a, { maxEventBytes: 2_000 }).listen()
    await stage.open(hello + checkpoint(0) + ':…\n'.repeat(10_000) + event(1))
    expect([stage.data, stage.gaps]).toEqual([['1'], []])
    stage.connection.close()
  })
})
