import { describe, expect, it, vi } from 'vitest'
import type { SchemaResult, StandardSchema } from '../../src/client/types.ts'
import { a, b, checkpoint, event, hello, id, Stage } from './stage.ts'

/** Nothing asks or waits any more. */
async function expectOver(stage: Stage): Promise<void> {
  const asked = stage.exchanges.length
  await stage.advance(60_000)
  expect(stage.connection.status.state).toBe('closed')
  expect([stage.environment.timers, stage.exchanges.length]).toEqual([0, asked])
}

describe('headers', () => {
  it('that are none end it, since no request can have them', async () => {
    const stage = new Stage([a, b], { headers: { 'not a name': 'x' } })
    expect(await stage.collect()).toMatchObject({ error: { code: 'invalid-endpoint', cause: expect.any(TypeError) } })
    expect(stage.exchanges).toHaveLength(0)
  })

  it('that are not to be had right now are asked for again, ever more slowly', async () => {
    const headers = vi.fn(() => Promise.reject(new Error('no token')))
    const stage = new Stage(a, { headers })
    await stage.advance(60_000)
    expect(headers.mock.calls.length).toBeGreaterThan(5)
    expect(headers.mock.calls.length).toBeLessThan(25)
    const lost = expect.objectContaining({ state: 'lost', reason: 'network', error: new Error('no token') }) as unknown
    expect(stage.states).toContainEqual(lost)
    stage.connection.close()
    await expectOver(stage)
  })

  it('whose function closes the connection are the last thing asked for', async () => {
    const stage: Stage = new Stage([a, b], {
      headers: () => {
        stage.connection.close()
        return {}
      },
    })
    await stage.settle()
    expect(stage.exchanges).toHaveLength(0)
    await expectOver(stage)
  })

  it('are not asked for a second time after the end', async () => {
    const headers = vi.fn(() => ({}))
    let answer: ((response: Response) => void) | undefined
    // It knows no signal.
    const fetch = (): Promise<Response> => new Promise((resolve) => (answer = resolve))
    const cancel = vi.fn()
    const stage = new Stage(a, { headers, fetch })
    await stage.settle()
    stage.connection.close()
    answer?.(new Response(new ReadableStream({ cancel }), { status: 401 }))
    await stage.settle()
    expect([headers.mock.calls.length, cancel.mock.calls.length]).toEqual([1, 1])
  })
})

describe('until', () => {
  it('that closes the connection gives nothing to whoever asks after that', async () => {
    const stage: Stage = new Stage(a, {
      until: () => {
        stage.connection.close()
        return false
      },
    })
    await stage.open(hello + checkpoint(0) + event(1) + event(2))
    expect(await stage.collect()).toEqual({ data: [], error: undefined })
    await expectOver(stage)
  })

  it('that throws does not take back the events before', async () => {
    const cause = new Error('until')
    const stage = new Stage(a, {
      until: ({ data }) => {
        if (data === '3') throw cause
        return false
      },
    })
    await stage.open(hello + checkpoint(0) + event(1) + event(2) + event(3) + event(4))
    expect(await stage.collect()).toMatchObject({ data: ['1', '2'], error: { code: 'invalid-event', cause } })
    await expectOver(stage)
  })

  it('that throws has not dealt with the event, so that it comes again another time', async () => {
    const set = vi.fn()
    const until = ({ data }: { data: string }): boolean => {
      if (data === '2') throw new Error('until')
      return false
    }
    const stage = new Stage(a, { until, store: { get: () => id(0), set } })
    await stage.open(hello + checkpoint(0))
    const collected = stage.collect()
    stage.last.send(event(1))
    await stage.settle()
    stage.last.send(event(2))
    expect(await collected).toMatchObject({ data: ['1'], error: { code: 'invalid-event' } })
    await stage.connection[Symbol.asyncIterator]().next()
    expect([stage.connection.lastEventId, set.mock.lastCall]).toEqual([id(1), [id(1)]])
    await expectOver(stage)
  })
})

describe('a schema', () => {
  it('that refuses an event which came together with the end makes it a failure', async () => {
    const validate = (value: unknown): SchemaResult<unknown> =>
      value === 2 ? { issues: [{ message: 'Two' }] } : { value }
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } }
    const stage = new Stage(a, { schema }).listen()
    await stage.open(hello + checkpoint(0) + event(1) + event(2) + event(3) + ': hint end=done\n\n')
    const failed = { state: 'closed', reason: 'failed', error: { code: 'invalid-event' } }
    expect(stage.data).toEqual(['1'])
    expect(stage.states.filter(({ state }) => state === 'closed')).toMatchObject([failed])
    expect(stage.connection.status).toMatchObject(failed)
    await expectOver(stage)
  })
})

describe('a signal', () => {
  it('that was aborted before makes a connection that is over, and throws its reason', async () => {
    const get = vi.fn(() => '')
    const stage = new Stage(a, { signal: AbortSignal.abort(new Error('no')), store: { get, set() {} } })
    expect(await stage.collect()).toEqual({ data: [], error: new Error('no') })
    expect([stage.exchanges.length, get.mock.calls.length]).toEqual([0, 0])
    expect(stage.states).toEqual([{ state: 'closed', reason: 'aborted', error: undefined }])
    await expectOver(stage)
  })
})

describe('an acknowledgement', () => {
  async function acknowledging(credentials?: RequestCredentials): Promise<Stage> {
    const stage = new Stage(a, { acknowledge: true, credentials }).listen()
    await stage.open(`: hint heartbeat=0 ack=9000 conn=c7\n\n${checkpoint(0)}${event(1)}`)
    return stage
  }

  it('that is never answered has no other beside it', async () => {
    const stage = await acknowledging()
    await stage.advance(60_000)
    expect(stage.exchanges).toHaveLength(2)
    stage.last.answer(204)
    await stage.advance(3_000)
    expect(stage.exchanges).toHaveLength(3)
    stage.last.refuse()
    await stage.advance(3_000)
    expect(stage.exchanges).toHaveLength(4)
    stage.connection.close()
    await expectOver(stage)
  })

  it('has the credentials that the stream was asked for with', async () => {
    const stage = await acknowledging('include')
    await stage.advance(3_000)
    expect([stage.last.method, stage.last.init.credentials]).toEqual(['POST', 'include'])
    stage.connection.close()
  })
})

describe('reconnect', () => {
  it('does not wait for the reconnection time of the only endpoint', async () => {
    const stage = new Stage(a)
    const first = await stage.open('retry: 60000\ndata: x\n\n')
    await stage.advance(5_500)
    first.end()
    await stage.advance(1_000)
    expect([stage.exchanges.length, stage.connection.status.state]).toEqual([1, 'waiting'])
    stage.connection.reconnect()
    expect(stage.exchanges).toHaveLength(1)
    await stage.settle()
    expect(stage.exchanges).toHaveLength(2)
    stage.connection.close()
  })

  it('moves to another stream of the only endpoint, and only then leaves the first', async () => {
    const stage = new Stage(a).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(5_500)
    for (let times = 0; times < 5; times++) stage.connection.reconnect()
    await stage.advance(1_000)
    expect([stage.exchanges.length, first.aborted]).toEqual([2, false])
    await stage.open(hello + checkpoint(1) + event(2))
    await stage.advance(1)
    expect([first.aborted, stage.data, stage.connection.status.state]).toEqual([true, ['1', '2'], 'open'])
    stage.connection.close()
  })

  it('before it began, and after the end, changes nothing', async () => {
    const stage = new Stage(a)
    stage.connection.reconnect()
    await stage.settle()
    expect(stage.exchanges).toHaveLength(1)
    stage.connection.close()
    stage.connection.reconnect()
    await expectOver(stage)
  })
})
