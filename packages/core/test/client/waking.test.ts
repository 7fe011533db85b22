import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { a, b, checkpoint, event, hello, id, Stage } from './stage.ts'

async function streaming(environment?: FakeEnvironment): Promise<Stage> {
  const stage = new Stage([a, b], { redundancy: 'none' }, environment).listen()
  await stage.open(hello + checkpoint(0) + event(1))
  await stage.advance(6_000)
  return stage
}

describe('a process', () => {
  it('that was stopped hedges at once, and keeps the stream that speaks first', async () => {
    const stage = await streaming()
    const [first] = stage.exchanges
    stage.environment.jump(60_000)
    await stage.advance(201)
    expect(stage.connection.status.state).toBe('suspect')
    expect(stage.exchanges).toHaveLength(2)
    expect(stage.last.lastEventId).toBe(id(1))
    await stage.send(first!, event(2))
    expect(stage.last.aborted).toBe(true)
    expect(stage.connection.status.state).toBe('open')
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('that was stopped gets each event once, also where both streams bring it', async () => {
    const stage = await streaming()
    const [first] = stage.exchanges
    stage.environment.jump(60_000)
    await stage.advance(201)
    first!.send(event(2))
    stage.last.open(hello + checkpoint(1) + event(2) + event(3))
    await stage.settle()
    await stage.send(first!, event(3))
    expect(stage.data).toEqual(['1', '2', '3'])
    stage.connection.close()
  })

  it('on a machine that slept notices within 2 s, although its own clock stood still', async () => {
    const stage = await streaming()
    stage.environment.suspend(3_600_000)
    await stage.advance(2_200)
    expect(stage.connection.status.state).toBe('suspect')
    expect(stage.exchanges).toHaveLength(2)
    stage.connection.close()
  })

  it('whose timers are merely late believes what it heard meanwhile', async () => {
    const stage = await streaming()
    const [first] = stage.exchanges
    for (let minute = 0; minute < 5; minute++) {
      stage.environment.jump(58_000)
      first!.send(': beat\n\n')
      await stage.settle()
      await stage.advance(2_000)
    }
    expect(stage.exchanges).toHaveLength(1)
    stage.connection.close()
  })

  it('finds out about a server without a heartbeat only after a sleep longer than a page in the background has', async () => {
    const stage = new Stage([a], { redundancy: 'none' }).listen()
    const first = await stage.open('id: 1\ndata: x\n\n')
    stage.environment.jump(60_000)
    await stage.advance(1_000)
    expect(stage.exchanges).toHaveLength(1)
    stage.environment.jump(120_000)
    await stage.advance(250)
    expect(stage.exchanges).toHaveLength(2)
    stage.last.open('')
    await stage.settle()
    expect(first.aborted).toBe(true)
    stage.connection.close()
    const never = new Stage([a], { idleTimeout: 0 }).listen()
    await never.open(hello)
    never.environment.jump(600_000)
    await never.advance(1_000)
    expect(never.exchanges).toHaveLength(1)
    never.connection.close()
  })
})

describe('a page', () => {
  const page = Object.assign(new EventTarget(), {
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  })

  beforeEach(() => {
    vi.stubGlobal('location', { href: 'http://page.test/', origin: 'http://page.test' })
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('document', page.document)
  })
  afterEach(() => void vi.unstubAllGlobals())

  it.each(['resume', 'visibilitychange'])(
    'that hears "%s" hedges where the stream is silent for too long',
    async (type) => {
      const stage = await streaming()
      // Nothing of it has passed by any timer yet.
      stage.environment.suspend(60_000)
      page.document.dispatchEvent(new Event(type))
      await stage.advance(201)
      expect(stage.exchanges).toHaveLength(2)
      stage.connection.close()
    },
  )

  it('that is merely looked at again leaves a stream alone that is not silent for long', async () => {
    const stage = await streaming()
    page.document.dispatchEvent(new Event('visibilitychange'))
    page.dispatchEvent(new Event('pageshow'))
    await stage.advance(1_000)
    expect(stage.exchanges).toHaveLength(1)
    expect(stage.connection.status.state).toBe('open')
    stage.connection.close()
  })

  it('that is looked at again leaves a stream alone that is silent since nobody takes its events', async () => {
    const stage = new Stage([a, b], { redundancy: 'none' })
    const first = await stage.open(hello + checkpoint(0))
    for (let offset = 1; offset <= 300; offset++) await stage.send(first, event(offset))
    await stage.advance(60_000)
    page.document.dispatchEvent(new Event('visibilitychange'))
    await stage.advance(30_000)
    expect([stage.exchanges.length, first.aborted, stage.connection.status.state]).toEqual([1, false, 'open'])
    stage.listen()
    await stage.settle()
    // From then on its silence is its own again.
    await stage.advance(13_200)
    expect(stage.connection.status.state).toBe('suspect')
    stage.connection.close()
  })

  it('that is put away has no stream open, and goes on where it was when it is shown again', async () => {
    const stage = await streaming()
    const [first] = stage.exchanges
    page.dispatchEvent(new Event('pagehide'))
    await stage.settle()
    expect([first!.aborted, stage.environment.timers]).toEqual([true, 0])
    expect(stage.connection.status).toEqual({ state: 'waiting', delay: Infinity })
    await stage.advance(50_000)
    expect(stage.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('pageshow'))
    await stage.advance(200)
    expect(stage.exchanges).toHaveLength(2)
    await stage.open(hello + checkpoint(1) + event(2))
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('that is put away keeps a request that must not be made twice', async () => {
    const stage = new Stage(a, { method: 'POST' }).listen()
    const only = await stage.open(hello)
    page.dispatchEvent(new Event('pagehide'))
    await stage.settle()
    expect(only.aborted).toBe(false)
    stage.connection.close()
  })

  it('and closed while it was put away stays closed', async () => {
    const stage = await streaming()
    page.dispatchEvent(new Event('pagehide'))
    stage.connection.close()
    page.dispatchEvent(new Event('pageshow'))
    await stage.advance(1_000)
    expect([stage.exchanges.length, stage.environment.timers]).toEqual([1, 0])
  })

  it.each(['online', 'resume'])('and a hundred others come back spread, when all hear "%s"', async (type) => {
    const at: number[] = []
    const world = new FakeEnvironment()
    const stages = await Promise.all(Array.from({ length: 100 }, () => streaming(world)))
    const { length } = stages.flatMap(({ exchanges }) => exchanges)
    world.suspend(60_000)
    for (const target of [page, page.document]) target.dispatchEvent(new Event(type))
    for (let step = 0, before = length; step < 20; step++) {
      await world.advance(10)
      const now = stages.flatMap(({ exchanges }) => exchanges).length
      at.push(now - before)
      before = now
    }
    // 100 within 200 ms: a step of 10 ms sees five on average.
    expect(at.reduce((sum, count) => sum + count, 0)).toBe(100)
    expect(Math.max(...at)).toBeLessThan(20)
    for (const { connection } of stages) connection.close()
  })
})
