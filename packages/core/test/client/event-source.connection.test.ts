import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { CLOSED, Connection, CONNECTING, OPEN } from '../../src/client/event-source/connection.ts'
import type { EventSourceErrorEvent } from '../../src/client/event-source/types.ts'
import type { Transport } from '../../src/client/event-source/transport.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'

const encoder = new TextEncoder()

/** What one attempt meets: a stream, a refusal, or a network error. */
type Attempt = 'refused' | Error | string[]

class FakeTransport implements Transport {
  reopens = true
  status: number | undefined
  readonly attempts: Attempt[]
  readonly lastEventIds: string[] = []
  closes = 0
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  controller: ReadableStreamDefaultController<Uint8Array> | undefined
  cancelled = 0

  constructor(...attempts: Attempt[]) {
    this.attempts = attempts
  }

  open(lastEventId: string): Promise<string> {
    this.lastEventIds.push(lastEventId)
    const attempt = this.attempts.length > 1 ? this.attempts.shift() : this.attempts[0]
    if (attempt instanceof Error) return Promise.reject(attempt)
    if (attempt === 'refused') {
      this.reopens = false
      this.status = 404
      return Promise.reject(new TypeError('404'))
    }
    this.reader = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller
        for (const text of attempt ?? []) controller.enqueue(encoder.encode(text))
      },
      cancel: () => void this.cancelled++,
    }).getReader()
    return Promise.resolve('https://example.test')
  }

  end(): void {
    this.controller?.close()
  }

  close(): void {
    this.closes++
    this.reader?.cancel().catch(() => {})
  }
}

let environment: FakeEnvironment
let log: string[]
beforeEach(() => {
  environment = new FakeEnvironment()
  log = []
})

function start(transport: Transport, onEvent?: (event: Event, connection: Connection) => void): Connection {
  const connection: Connection = new Connection(
    transport,
    (event) => {
      log.push(
        event instanceof MessageEvent
          ? `${event.type}:${event.data as string}`
          : `${event.type}:${connection.readyState}`,
      )
      onEvent?.(event, connection)
    },
    environment,
  )
  void connection.run()
  return connection
}

describe('tasks', () => {
  it('are one for each event, and all are queued at once', async () => {
    start(new FakeTransport(['data: 1\n\nid: 2\n\ndata: 2\n\n', 'data: 3\n\n']))
    expect(environment.queued).toBe(0)
    const queued: number[] = []
    for (let turn = 0; turn < 3; turn++) {
      await nextTurn()
      queued.push(environment.queued)
      environment.turn()
    }
    expect(queued).toEqual([1, 2, 1])
    await environment.settle()
    expect(log).toEqual([`open:${OPEN}`, 'message:1', 'message:2', 'message:3'])
  })

  it('read no further while messages wait', async () => {
    const transport = new FakeTransport(['data: 1\n\n', 'data: 2\n\n'])
    start(transport)
    await environment.settle()
    transport.controller?.enqueue(encoder.encode('data: 3\n\ndata: 4\n\n'))
    transport.controller?.enqueue(encoder.encode('data: 5\n\n'))
    await nextTurn()
    expect(log).toHaveLength(3)
    expect(transport.controller?.desiredSize).toBe(0)
    await environment.settle()
    expect(log).toHaveLength(6)
  })
})

describe('the reconnection time', () => {
  it('is 3 s until the stream says otherwise', async () => {
    const transport = new FakeTransport(new TypeError('no network'))
    const connection = start(transport)
    await environment.settle()
    expect(log).toEqual([`error:${CONNECTING}`])
    expect(connection.reconnectionTime).toBe(3_000)
    await environment.advance(2_999)
    expect(transport.lastEventIds).toHaveLength(1)
    await environment.advance(1)
    expect(transport.lastEventIds).toHaveLength(2)
  })

  it.each([
    [0, 100],
    [99, 100],
    [101, 101],
  ])('of %i is one of %i after a stream that brought events, however often', async (time, waited) => {
    const transport = new FakeTransport([`retry: ${time}\ndata: 1\n\n`])
    start(transport)
    for (let round = 1; round <= 5; round++) {
      await environment.settle()
      transport.end()
      await environment.advance(waited - 1)
      expect(transport.lastEventIds).toHaveLength(round)
      await environment.advance(1)
    }
  })

  it('grows to 3 s where attempts bring nothing, and is back after an event', async () => {
    const transport = new FakeTransport(['retry: 0\n\n'])
    start(transport)
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      await environment.settle()
      transport.end()
      await environment.settle()
      const before = environment.now()
      const attempts = transport.lastEventIds.length
      while (transport.lastEventIds.length === attempts) await environment.advance(50)
      waits.push(environment.now() - before)
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000])
    transport.controller?.enqueue(encoder.encode('data: 1\n\n'))
    transport.end()
    await environment.settle()
    await environment.advance(100)
    expect(transport.lastEventIds).toHaveLength(10)
  })

  it.each(['2147483648', '9'.repeat(400)])('of %s is as long as a timer can wait', async (time) => {
    const transport = new FakeTransport([`retry: ${time}\ndata: 1\n\n`])
    start(transport)
    await environment.settle()
    transport.end()
    await environment.advance(2 ** 31 - 2)
    expect(transport.lastEventIds).toHaveLength(1)
    await environment.advance(1)
    expect(transport.lastEventIds).toHaveLength(2)
  })
})

describe('an end', () => {
  it('by refusal is final', async () => {
    const connection = start(new FakeTransport('refused'))
    await environment.settle()
    expect([log, connection.readyState, environment.timers]).toEqual([[`error:${CLOSED}`], CLOSED, 0])
  })

  it('by an abort of the fetch is final', async () => {
    start(new FakeTransport(new DOMException('enough', 'AbortError')))
    await environment.settle()
    expect([log, environment.timers]).toEqual([[`error:${CLOSED}`], 0])
  })

  it('by an event over the limit is final, after those before it', async () => {
    const transport = new FakeTransport(['data: 1\n\n', `data: 2\n\ndata: ${'x'.repeat(16 * 1024 * 1024)}`])
    start(transport)
    await environment.settle()
    expect(log).toEqual([`open:${OPEN}`, 'message:1', 'message:2', `error:${CLOSED}`])
    expect([transport.cancelled, environment.timers]).toEqual([1, 0])
  })

  it('of the stream begins another with the last event ID of a finished block', async () => {
    const transport = new FakeTransport(['id: 1\ndata: 1\n\nid: 2\n\nid: 3\ndata: unfin'], ['ished\n\ndata: 2\n\n'])
    const connection = start(transport)
    await environment.settle()
    transport.end()
    await environment.settle()
    await environment.advance(3_000)
    expect(transport.lastEventIds).toEqual(['', '2'])
    expect(log).toEqual([`open:${OPEN}`, 'message:1', `error:${CONNECTING}`, `open:${OPEN}`, 'message:2'])
    expect(connection.lastEventId).toBe('2')
  })
})

describe('an error event', () => {
  it('has the status of the response, and what the connection failed with', async () => {
    const errors: unknown[] = []
    const failure = new TypeError('no network')
    const transport = new FakeTransport(failure, [], 'refused')
    start(transport, (event) => {
      if (event.type !== 'error') return
      const { status, cause } = event as EventSourceErrorEvent
      errors.push([status, cause])
    })
    await environment.settle()
    await environment.advance(3_000)
    transport.status = 200
    transport.end()
    await environment.settle()
    await environment.advance(3_000)
    expect(errors).toEqual([
      [undefined, failure],
      [200, undefined],
      [404, new TypeError('404')],
    ])
  })
})

describe('close', () => {
  it.each(['open', 'message', 'error'])('in a listener of %s leaves no timer and no stream', async (type) => {
    const transport = new FakeTransport(['data: 1\n\ndata: 2\n\n'])
    start(transport, (event, connection) => event.type === type && connection.close())
    await environment.settle()
    if (type === 'error') transport.end()
    await environment.settle()
    const length = log.length
    await environment.advance(60_000)
    expect([log.length, environment.timers, environment.queued]).toEqual([length, 0, 0])
    expect(transport.lastEventIds).toHaveLength(1)
  })

  it('while waiting takes the timer away', async () => {
    const transport = new FakeTransport(new TypeError('no network'))
    const connection = start(transport)
    await environment.settle()
    expect(environment.timers).toBe(1)
    connection.close()
    expect(environment.timers).toBe(0)
  })

  it('before it has begun asks for nothing', async () => {
    const transport = new FakeTransport(['data: 1\n\n'])
    start(transport).close()
    await environment.settle()
    expect([log, transport.lastEventIds]).toEqual([[], []])
  })
})
