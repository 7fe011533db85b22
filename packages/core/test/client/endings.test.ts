import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/client/index.ts'
import type { StandardSchema } from '../../src/client/types.ts'
import { a, b, checkpoint, event, gap, hello, id, Stage } from './stage.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('what can never work is final at once, with its cause', () => {
  it.each(['ws://a.test/events', 'ftp://a.test/events'])('%s', async (url) => {
    const fetch = vi.fn()
    vi.stubGlobal('fetch', fetch)
    const connection = connect(url)
    await expect(connection[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'invalid-endpoint',
      cause: expect.any(TypeError) as unknown,
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('credentials in a URL, which fetch refuses', async () => {
    const connection = connect('http://user:secret@a.test/events')
    const error: unknown = await connection[Symbol.asyncIterator]()
      .next()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'invalid-endpoint', cause: expect.any(TypeError) as unknown })
    expect((error as Error).message).not.toContain('secret')
  })

  it('a body with GET', async () => {
    const connection = connect('http://a.test/events', { body: 'x' })
    await expect(connection[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'invalid-endpoint' })
  })

  it('a response whose body is no web stream', async () => {
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const response = { status: 200, headers, url: a, body: { on() {}, cancel: () => Promise.resolve() } }
    const stage = new Stage(a, { fetch: (() => Promise.resolve(response)) as unknown as typeof fetch })
    expect(await stage.collect()).toMatchObject({ error: { code: 'invalid-endpoint', cause: expect.any(TypeError) } })
  })

  it('and does not end a connection that has another endpoint', async () => {
    vi.stubGlobal('fetch', (url: string) => {
      const body = `${hello}${checkpoint(0)}${event(1)}: hint end=done\n\n`
      return Promise.resolve(new Response(url.startsWith('http') ? body : null, eventStream))
    })
    const data: string[] = []
    for await (const each of connect(['ws://a.test/events', b])) data.push(each.data)
    expect(data).toEqual(['1'])
  })

  const eventStream = { headers: { 'content-type': 'text/event-stream' } }
})

describe('an endpoint that has worked', () => {
  async function deploys(answer: (stage: Stage) => void, milliseconds: number): Promise<Stage> {
    const stage = new Stage(a).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(6_000)
    first.cut()
    for (let passed = 0; passed < milliseconds; passed += 100) {
      await stage.advance(100)
      if (!stage.last.aborted && stage.last !== first && stage.connection.status.state !== 'closed') answer(stage)
      await stage.settle()
    }
    return stage
  }

  it.each<[string, (stage: Stage) => void]>([
    ['404', (stage) => stage.last.answer(404)],
    ['501', (stage) => stage.last.answer(501)],
    ['HTML', (stage) => stage.last.answer(200, { 'content-type': 'text/html' })],
  ])('may answer %s during a deploy', async (_, answer) => {
    const stage = await deploys(answer, 3_000)
    expect(stage.connection.status.state).not.toBe('closed')
    await stage.advance(20_000)
    stage.last.open(hello + checkpoint(1) + event(2))
    await stage.settle()
    expect(stage.data).toEqual(['1', '2'])
    stage.connection.close()
  })

  it('is believed after a minute', async () => {
    const stage = await deploys(({ last }) => last.answer(404), 90_000)
    expect(stage.connection.status).toMatchObject({ state: 'closed', error: { code: 'no-event-stream' } })
  })

  it.each([401, 403])('is believed at once where it says %i', async (status) => {
    const stage = await deploys(({ last }) => last.answer(status), 3_000)
    expect(stage.connection.status).toMatchObject({ state: 'closed', error: { status } })
  })
})

describe('until', () => {
  const until = ({ data }: { data: string }): boolean => data === '[DONE]'
  const schema: StandardSchema<{ n: number }> = {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as { n: number } }) },
  }

  it('completes the iteration, without the event that it finds', async () => {
    const stage = new Stage(a, { until })
    const exchange = await stage.open('data: 1\n\ndata: [DONE]\n\ndata: 2\n\n')
    expect(await stage.collect()).toEqual({ data: ['1'], error: undefined })
    expect(stage.connection.status).toMatchObject({ state: 'closed', reason: 'done' })
    expect([exchange.aborted, stage.exchanges.length, stage.environment.timers]).toEqual([true, 1, 0])
  })

  it('makes a clean end of a request that must not be repeated', async () => {
    const stage = new Stage(a, { method: 'POST', until })
    await stage.open('data: 1\n\ndata: [DONE]\n\n')
    expect(await stage.collect()).toEqual({ data: ['1'], error: undefined })
  })

  it('comes before the schema, which events without data are not about either', async () => {
    const stage = new Stage(a, { until, schema })
    await stage.open('id: 1\ndata:\n\ndata: {"n":1}\n\ndata: [DONE]\n\n')
    expect(await stage.collect()).toEqual({ data: ['', '{"n":1}'], error: undefined })
  })

  it('that throws ends the connection with what it threw', async () => {
    const cause = new Error('until')
    const stage = new Stage(a, {
      until: () => {
        throw cause
      },
    })
    await stage.open('data: 1\n\n')
    expect(await stage.collect()).toMatchObject({ data: [], error: { code: 'invalid-event', cause } })
  })
})

describe('an error', () => {
  it('says URL and status in its text, and no token', async () => {
    const stage = new Stage('http://a.test/events?access_token=secret')
    await stage.settle()
    stage.last.answer(404)
    const { error } = await stage.collect()
    const message = 'Cannot keep the connection to http://a.test/events?…: no-event-stream (status 404)'
    expect(error).toMatchObject({ message, status: 404 })
  })
})

describe('listening to everything', () => {
  it('gets events of every type, in their order', async () => {
    const stage = new Stage(a)
    const seen: string[] = []
    stage.connection.on('*', (each) => seen.push(`${each.event} ${each.data}`))
    await stage.open('event: tick\ndata: 1\n\ndata: 2\n\nevent: *\ndata: 3\n\n')
    expect(seen).toEqual(['tick 1', 'message 2', '* 3'])
    stage.connection.close()
  })
})

describe('onGap', () => {
  it('is waited for before the next event', async () => {
    let loaded = (): void => {}
    const order: string[] = []
    const onGap = (): Promise<void> => new Promise((resolve) => (loaded = resolve))
    const stage = new Stage(a, { lastEventId: id(1), onGap })
    stage.connection.on('message', ({ data }) => order.push(data))
    await stage.open(hello + checkpoint(1) + event(2) + gap(5) + event(6))
    expect(order).toEqual(['2'])
    order.push('loaded')
    loaded()
    await stage.settle()
    expect(order).toEqual(['2', 'loaded', '6'])
    stage.connection.close()
  })

  it('that fails is reported, and keeps nothing back', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const stage = new Stage(a, { lastEventId: id(1), onGap: () => Promise.reject(new Error('load')) }).listen()
    await stage.open(hello + checkpoint(1) + gap(5) + event(6))
    expect(stage.data).toEqual(['6'])
    expect(report).toHaveBeenCalledOnce()
    report.mockRestore()
    stage.connection.close()
  })
})
