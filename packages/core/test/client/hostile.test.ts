import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { StandardSchema } from '../../src/client/types.ts'
import { a, b, c, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

/** Answer each request in the same way for a while. */
async function serve(stage: Stage, milliseconds: number, text: string): Promise<number> {
  let answered = 0
  for (let passed = 0; passed < milliseconds; passed += 10) {
    for (const exchange of stage.exchanges.slice(answered)) if (!exchange.aborted) exchange.open(text)
    answered = stage.exchanges.length
    await stage.advance(10)
  }
  return answered
}

describe('a server cannot make the client ask all the time', () => {
  it.each<[string, string]>([
    ['leave at once', ': hint heartbeat=10000 drain=0\n\n' + checkpoint(0)],
    ['leave soon', ': hint heartbeat=10000 drain=50\n\n' + checkpoint(0)],
    ['be silent for no millisecond', ': hint heartbeat=1\n\n' + checkpoint(0)],
    ['shed everybody', ': hint heartbeat=10000 shed=9999\n\n' + checkpoint(0)],
    ['come back without delay', 'retry: 0\n\n: hint heartbeat=1\n\n'],
    ['come back at another time', `retry: ${'9'.repeat(400)}\n\n`],
  ])(
    'by telling it to %s',
    async (_, text) => {
      for (const endpoints of [a, [a, b]]) {
        const stage = new Stage(endpoints).listen()
        expect(await serve(stage, 20_000, text)).toBeLessThan(20)
        stage.connection.close()
        expect(stage.environment.timers).toBe(0)
      }
    },
    20_000,
  )

  it('by asking for acknowledgements', async () => {
    const stage = new Stage(a, { acknowledge: true }).listen()
    await stage.open(`: hint heartbeat=0 ack=1 conn=c7\n\n${checkpoint(0)}${event(1)}`)
    await stage.advance(10_000)
    expect(stage.exchanges.length).toBeLessThan(15)
    stage.connection.close()
  })

  it('by a log that is always ahead', async () => {
    const stage = new Stage([a, b], { redundancy: 'standby' }).listen()
    expect(await serve(stage, 60_000, hello + checkpoint(0) + `: hint at=${id(99)}\n\n`)).toBeLessThan(40)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })
})

it('a server cannot set a timer that the runtime would take for none at all', () => {
  const set = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(1 as never)
  for (const delay of [1e15, Infinity]) systemClock.setTimer(() => {}, delay)
  expect(set.mock.calls.map(([, delay]) => (delay as number) < 2 ** 31)).toEqual([true, true])
  set.mockRestore()
})

it('a server that wants to be asked in a year is asked within 10 minutes', async () => {
  const stage = new Stage(a)
  const exchange = await stage.open('retry: 31536000000\n\n')
  exchange.cut()
  await stage.advance(600_000)
  expect(stage.exchanges.length).toBeGreaterThan(1)
  stage.connection.close()
})

it('an event named like what every object has is not validated', async () => {
  const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
  const stage = new Stage(a, { schema: { message: schema } })
  await stage.open(
    hello + checkpoint(0) + `event: toString\nid: ${id(1)}\ndata: 1\n\n` + event(2) + ': hint end=done\n\n',
  )
  expect(await stage.collect()).toEqual({ data: ['1', '2'], error: undefined })
})

it('a client is not sent away by one endpoint for as long as another may be asked', async () => {
  const stage = new Stage([a, b])
  await stage.settle()
  const [first] = stage.exchanges
  first?.answer(503, { 'retry-after': '600' })
  await stage.settle()
  // The other one does not answer: the next step of the back-off comes first.
  await stage.advance(10_000)
  expect(stage.exchanges[1]?.aborted).toBe(true)
  await stage.advance(11_000)
  expect(stage.exchanges.length).toBeGreaterThan(2)
  expect(stage.exchanges.slice(1).every(({ host }) => host !== first?.host)).toBe(true)
  stage.connection.close()
})

it('a hedge does not wait for an endpoint that is barred', async () => {
  const stage = new Stage([a, b]).listen()
  await stage.settle()
  const [refused] = stage.exchanges
  refused?.answer(404)
  const first = await stage.open(hello + checkpoint(0))
  await stage.advance(13_600)
  expect(stage.exchanges).toHaveLength(3)
  expect(stage.last.host).toBe(first.host)
  await stage.open(hello + checkpoint(0) + event(1))
  expect(stage.data).toEqual(['1'])
  stage.connection.close()
})

it('servers that contradict each other about the log get no standby', async () => {
  const stage = new Stage([a, b]).listen()
  const first = await stage.open(hello + checkpoint(5, 2) + event(6, 2))
  await stage.advance(6_000)
  first.send(checkpoint(3, 1))
  await stage.advance(300)
  expect(stage.states).toContainEqual(expect.objectContaining({ state: 'lost', reason: 'stale' }))
  const second = await stage.open(hello + checkpoint(6, 2))
  for (let passed = 0; passed < 60_000; passed += 5_000) {
    second.send(':\n')
    await stage.advance(5_000)
  }
  expect(stage.exchanges).toHaveLength(2)
  stage.connection.close()
})

it('a server that asks for a standby all the time has the same one all the time', async () => {
  const stage = new Stage([a, b, c])
  const first = await stage.open(hello + checkpoint(0) + ': hint standby=1\n\n')
  await stage.advance(6_100)
  const standby = await stage.open(hello)
  for (let passed = 0; passed < 300_000; passed += 5_000) {
    for (const exchange of [first, standby]) exchange.send(': hint standby=1\n\n')
    await stage.advance(5_000)
  }
  expect(stage.exchanges).toHaveLength(2)
  stage.connection.close()
})

it('application headers are not for where a server redirects to', async () => {
  const stage = new Stage(a, { method: 'POST', headers: { authorization: 'secret' } })
  await stage.settle()
  const { last } = stage
  last.open(hello + checkpoint(0) + event(1), { 'content-location': '/runs/7' }, 'http://elsewhere.test/events')
  await stage.settle()
  last.cut()
  expect(await stage.collect()).toMatchObject({ error: { code: 'not-resumable' } })
  expect(stage.exchanges).toHaveLength(1)
})

it('a gap of nobody in particular is an event like others, where ids are no positions', async () => {
  const stage = new Stage(a)
  const seen: string[] = []
  stage.connection.on('gap', ({ data }) => seen.push(data))
  await stage.open('event: gap\nid: x\ndata: {}\n\n' + gap(3))
  expect(seen).toEqual(['{}'])
  stage.connection.close()
})
