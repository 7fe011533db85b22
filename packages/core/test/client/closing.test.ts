import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EventConnection, StandardSchema } from '../../src/client/types.ts'
import { a, b, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

const unhandled = vi.fn()
process.on('unhandledRejection', unhandled)
afterEach(() => void unhandled.mockReset())

/** Nothing asks, waits or hangs any more. */
async function expectOver(stage: Stage): Promise<void> {
  const asked = stage.exchanges.length
  await stage.settle()
  expect(stage.environment.timers).toBe(0)
  await stage.advance(60_000)
  expect(stage.connection.status.state).toBe('closed')
  expect(stage.states.filter(({ state }) => state === 'closed')).toHaveLength(1)
  expect(stage.exchanges.slice(asked)).toEqual([])
  expect(unhandled).not.toHaveBeenCalled()
}

describe('who listens to events', () => {
  const end = ': hint end=done\n\n'

  async function heard(onGap?: () => Promise<void>): Promise<string[]> {
    const stage = new Stage(a, { onGap })
    const order: string[] = []
    stage.connection.on('message', ({ data }) => order.push(data))
    stage.connection.onStatus(({ state }) => order.push(state))
    await stage.open(hello + checkpoint(0) + event(1) + gap(2) + event(3) + end)
    expect(stage.connection.status.state).toBe('closed')
    await stage.advance(1_000)
    await expectOver(stage)
    return order
  }

  it('hears of the end after the last event, which came together with it', async () => {
    expect(await heard()).toEqual(['connecting', 'open', '1', '3', 'closed'])
  })

  it('hears of the end after the last event, which a gap held up', async () => {
    const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    expect(await heard(soon)).toEqual(['connecting', 'open', '1', '3', 'closed'])
  })

  it('hears of the end at once when it is left', async () => {
    const stage = new Stage(a, { onGap: () => new Promise<void>(() => {}) }).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1) + gap(2) + event(3))
    stage.connection.close()
    await stage.settle()
    expect(stage.states.at(-1)).toMatchObject({ state: 'closed', reason: 'closed' })
    expect(first.aborted).toBe(true)
  })
})

describe('closing in a status listener', () => {
  it.each(['connecting', 'open', 'lost', 'waiting', 'switched', 'suspect', 'standby'])(
    'at %s ends everything',
    async (at) => {
      const stage = new Stage([a, b], { redundancy: 'standby' }).listen()
      stage.connection.onStatus(({ state }) => {
        if (state === at) stage.connection.close()
      })
      await stage.settle()
      const first = stage.exchanges[0]?.open(hello + checkpoint(0) + event(1))
      await stage.advance(6_100)
      stage.exchanges[1]?.open(hello)
      await stage.advance(14_000)
      first?.cut()
      await stage.advance(250)
      stage.exchanges[2]?.refuse()
      await stage.settle()
      stage.exchanges[3]?.refuse()
      await stage.advance(2_000)
      // Until it is another endpoint's turn, so that the connection switches.
      const isElsewhere = ({ status }: EventConnection): boolean =>
        at === 'switched' && status.state === 'connecting' && new URL(status.endpoint).host !== first?.host
      for (let tries = 0; tries < 40 && first && !isElsewhere(stage.connection); tries++) {
        stage.last.refuse()
        await stage.advance(250)
      }
      if (stage.connection.status.state !== 'closed') stage.last.open(hello + checkpoint(1))
      await expectOver(stage)
    },
  )

  it('when a stream is to begin again dials no more', async () => {
    const stage = new Stage([a, b], { redundancy: 'full' }).listen()
    const first = await stage.open(hello + checkpoint(0))
    await stage.advance(6_100)
    await stage.open(hello + checkpoint(0) + gap(2) + event(3))
    stage.connection.onStatus((status) => {
      if (status.state === 'standby' && !status.open) stage.connection.close()
    })
    first.cut()
    await expectOver(stage)
  })

  it('when a hint changes the level leaves no timer', async () => {
    const stage = new Stage([a, b], { redundancy: { min: 'none', max: 'full' }, acknowledge: true }).listen()
    const first = await stage.open(hello + checkpoint(0) + ': hint standby=1\n\n')
    await stage.advance(6_100)
    await stage.open(hello)
    stage.connection.onStatus((status) => {
      if (status.state === 'standby' && !status.open) stage.connection.close()
    })
    for (let passed = 0; passed < 121_000; passed += 5_000) {
      for (const exchange of stage.exchanges) if (!exchange.aborted) exchange.send(':\n')
      await stage.advance(5_000)
    }
    await stage.send(first, ': hint drain=5000 conn=c1 ack=9000 at=x\n\n')
    await expectOver(stage)
  })
})

describe('closing', () => {
  it('right after listening discards what waits', async () => {
    const stage = new Stage(a)
    await stage.open(hello + checkpoint(0) + event(1))
    stage.listen()
    stage.connection.close()
    await expectOver(stage)
    expect(stage.data).toEqual([])
  })

  it('does not take back what was asked for and is there', async () => {
    const stage = new Stage(a)
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    const iterator = stage.connection[Symbol.asyncIterator]()
    const next = iterator.next()
    stage.connection.close()
    expect(await next).toMatchObject({ value: { data: '1' }, done: false })
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
    await expectOver(stage)
  })

  it('in onGap is the end', async () => {
    const stage: Stage = new Stage(a, { lastEventId: id(1), onGap: () => stage.connection.close() }).listen()
    await stage.open(hello + checkpoint(1) + gap(5) + event(6))
    expect(stage.data).toEqual([])
    await expectOver(stage)
  })

  it('in a listener is the end, of the store too', async () => {
    const set = vi.fn<(id: string) => void>()
    const stage = new Stage(a, { store: { get: () => '', set } })
    stage.connection.on('message', () => stage.connection.close())
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    await expectOver(stage)
    expect(set.mock.lastCall).toEqual([id(1)])
  })

  it('while what is thrown by the store, the schema or the headers is still to come throws nothing', async () => {
    const later = <Value>() => Promise.withResolvers<Value>()
    const [read, judged, asked] = [later<string>(), later<never>(), later<HeadersInit>()]
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate: () => judged.promise } }
    const reading = new Stage(a, { store: { get: () => read.promise, set() {} } })
    const judging = new Stage(a, { schema })
    const asking = new Stage(a, { headers: () => asked.promise })
    await judging.open(hello + checkpoint(0) + event(1))
    const collected = [reading, judging, asking].map((stage) => stage.collect())
    await judging.settle()
    for (const { connection } of [reading, judging, asking]) connection.close()
    for (const { reject } of [read, judged, asked]) reject(new Error('too late'))
    expect(await Promise.all(collected)).toEqual(collected.map(() => ({ data: [], error: undefined })))
    for (const stage of [reading, judging, asking]) await expectOver(stage)
  })

  it('with an iterator answers whoever waits for the next event', async () => {
    const stage = new Stage(a)
    const iterator = stage.connection[Symbol.asyncIterator]()
    const both = [iterator.next(), iterator.next()]
    await stage.open(hello + checkpoint(0) + event(1))
    await iterator.return?.()
    expect(await Promise.all(both)).toEqual([
      { value: expect.objectContaining({ data: '1' }) as unknown, done: false },
      { value: undefined, done: true },
    ])
    await expectOver(stage)
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    let count = 0
    const add = signal.addEventListener.bind(signal)
    vi.spyOn(signal, 'addEventListener').mockImplementation((type, listener, options) => {
      count++
      ;(options as { signal: AbortSignal }).signal.addEventListener('abort', () => count--)
      add(type, listener as EventListener, options)
    })
    const stage = new Stage(a, { signal })
    const exchange = await stage.open(hello + checkpoint(0))
    expect(count).toBe(1)
    exchange.send(': hint end=done\n\n')
    await stage.collect()
    expect(count).toBe(0)
  })

  it.each(['close', 'abort'])('by %s also discards what is left after the end', async (how) => {
    const controller = new AbortController()
    const stage = new Stage(a, { signal: controller.signal })
    await stage.open(hello + checkpoint(0) + event(1) + event(2) + event(3) + ': hint end=done\n\n')
    const iterator = stage.connection[Symbol.asyncIterator]()
    await iterator.next()
    if (how === 'close') stage.connection.close()
    else controller.abort(new Error('enough'))
    const rest = await iterator.next().catch((error: unknown) => error)
    expect(rest).toEqual(how === 'close' ? { value: undefined, done: true } : new Error('enough'))
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
  })
})

describe('a listener', () => {
  it('added in a listener begins with the next event', async () => {
    const stage = new Stage(a)
    const seen: string[] = []
    const stop = stage.connection.on('message', ({ data }) => {
      stop()
      seen.push(`first ${data}`)
      stage.connection.on('message', ({ data }) => seen.push(`second ${data}`))
    })
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    expect(seen).toEqual(['first 1', 'second 2'])
    stage.connection.close()
  })
})

describe('a fetch', () => {
  it('that ignores the signal keeps nothing open', async () => {
    const cancel = vi.fn()
    let answer: ((response: Response) => void) | undefined
    const stage = new Stage(a, { fetch: () => new Promise((resolve) => (answer = resolve)) })
    await stage.settle()
    stage.connection.close()
    answer?.(new Response(new ReadableStream({ cancel }), { headers: { 'content-type': 'text/event-stream' } }))
    await expectOver(stage)
    expect(cancel).toHaveBeenCalled()
  })

  it.each<[string, () => Promise<Response>]>([
    [
      'that throws',
      () => {
        throw new Error('synchronous')
      },
    ],
    [
      'whose body is null',
      () => Promise.resolve(new Response(null, { headers: { 'content-type': 'text/event-stream' } })),
    ],
    [
      'whose body fails at once',
      () =>
        Promise.resolve(
          new Response(new ReadableStream({ start: (controller) => controller.error(new Error('broken')) }), {
            headers: { 'content-type': 'text/event-stream' },
          }),
        ),
    ],
  ])('%s is a loss like others', async (_, fetch) => {
    let asked = 0
    const stage = new Stage([a, b], { fetch: () => (asked++, fetch()) })
    await stage.advance(60_000)
    expect(stage.states).toContainEqual(expect.objectContaining({ state: 'lost', reason: 'network' }))
    expect(asked).toBeGreaterThan(6)
    expect(asked).toBeLessThan(40)
    stage.connection.close()
    await expectOver(stage)
  })
})
