import { describe, expect, it } from 'vitest'
import { MemoryBroker, type MemoryBrokerOptions } from '../../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../../support/fake-environment.ts'

const range = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index)

async function fill(
  count: number,
  options: MemoryBrokerOptions = {},
): Promise<{ broker: MemoryBroker; epoch: number }> {
  const broker = new MemoryBroker(options, new FakeEnvironment())
  for (const number of range(count))
    await broker.publish('a', [{ data: String(number), event: number % 2 ? 'odd' : undefined }])
  return { broker, epoch: (await broker.read('a', 'earliest', 0)).head.epoch }
}

describe('read', () => {
  it('gives pages that join without seam', async () => {
    const { broker } = await fill(25)
    const seen: string[] = []
    let after: Parameters<typeof broker.read>[1] = 'earliest'
    for (let more = true; more;) {
      const page = await broker.read('a', after, 10)
      expect([page.gap, page.head.offset]).toEqual([undefined, 25])
      seen.push(...page.events.map(({ data }) => data))
      after = page.events.at(-1)?.position ?? after
      more = page.more
    }
    expect(seen).toEqual(range(25).map(String))
  })

  it('keeps the type of an event, or that it has none', async () => {
    const { broker } = await fill(2)
    const { events } = await broker.read('a', 'earliest', 2)
    expect(events[0]).toMatchObject({ event: 'odd', data: '1' })
    expect(events[1]).not.toHaveProperty('event')
  })

  it.each([
    [0, range(5), undefined],
    [3, [4, 5], undefined],
    [5, [], undefined],
    [6, range(5), 'new-epoch'],
  ])('after offset %i gives %o, gap %s', async (offset, offsets, gap) => {
    const { broker, epoch } = await fill(5)
    const page = await broker.read('a', { epoch, offset }, 10)
    expect(page.events.map(({ position }) => position)).toEqual(offsets.map((each) => ({ epoch, offset: each })))
    expect([page.gap, page.more]).toEqual([gap, false])
  })

  it.each([
    [0, 'trimmed'],
    [14, 'trimmed'],
    [15, undefined],
    [16, undefined],
  ])('after offset %i of a history that begins at 16: gap %s', async (offset, gap) => {
    const { broker, epoch } = await fill(25, { maxEvents: 10 })
    const { events, ...page } = await broker.read('a', { epoch, offset }, 3)
    expect(events[0]?.position.offset).toBe(Math.max(16, offset + 1))
    expect([page.gap, page.more]).toEqual([gap, true])
  })

  it.each([-1, 1])('of another epoch (%i) begins at the earliest, and says so', async (difference) => {
    const { broker, epoch } = await fill(5)
    const page = await broker.read('a', { epoch: epoch + difference, offset: 3 }, 10)
    expect([page.gap, page.events.length]).toEqual(['new-epoch', 5])
  })

  it('of a topic that was never written is at offset 0, without a gap', async () => {
    const { broker } = await fill(0)
    const { head } = await broker.read('never', 'earliest', 10)
    expect(head.offset).toBe(0)
    expect(await broker.read('never', head, 10)).toEqual({ events: [], head, more: false })
    await broker.publish('never', [{ data: '1' }])
    const page = await broker.read('never', head, 10)
    expect([page.gap, page.events.length, page.head]).toEqual([undefined, 1, { epoch: head.epoch, offset: 1 }])
  })
})

describe('an epoch', () => {
  it("is each broker's own, even in the same millisecond", async () => {
    const environment = new FakeEnvironment()
    const epochs: number[] = []
    for (let count = 0; count < 50; count++) {
      epochs.push((await new MemoryBroker({}, environment).read('a', 'earliest', 1)).head.epoch)
    }
    expect(new Set(epochs).size).toBe(50)
    expect(epochs.toSorted((a, b) => a - b)).toEqual(epochs)
    expect(epochs[0]).toBeGreaterThanOrEqual(environment.wallTime())
  })
})

describe('a key', () => {
  it('is known as long as its event is kept', async () => {
    const { broker } = await fill(0, { maxEvents: 3 })
    const first = await broker.publish('a', [{ data: '1' }, { data: '2' }], { key: 'k' })
    await broker.publish('a', [{ data: '3' }, { data: '4' }])
    expect(await broker.publish('a', [{ data: '5' }], { key: 'k' })).toEqual({ ...first, duplicate: true })
    await broker.publish('a', [{ data: '6' }])
    expect(await broker.publish('a', [{ data: '7' }], { key: 'k' })).toMatchObject({
      duplicate: false,
      position: { offset: 6 },
    })
  })

  it.each(['', '__proto__', 'constructor', 'x'.repeat(10_000)])('may be %o', async (key) => {
    const { broker } = await fill(1)
    expect((await broker.publish('a', [{ data: '1' }], { key })).duplicate).toBe(false)
    expect((await broker.publish('a', [{ data: '1' }], { key })).duplicate).toBe(true)
  })

  it('is not spent by a call that was aborted', async () => {
    const { broker } = await fill(0)
    await expect(broker.publish('a', [{ data: '1' }], { key: 'k', signal: AbortSignal.abort() })).rejects.toBeDefined()
    expect((await broker.publish('a', [{ data: '1' }], { key: 'k' })).duplicate).toBe(false)
  })
})
