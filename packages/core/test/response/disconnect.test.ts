import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Client } from '../support/client.ts'
import { defer } from '../support/defer.ts'
import { open, type Opened } from '../support/open.ts'

const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)
beforeEach(() => void process.on('uncaughtException', note).on('unhandledRejection', note))
afterEach(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note)
  expect(uncaught.splice(0)).toEqual([])
})

async function leave({ response, environment }: Opened): Promise<void> {
  const client = new Client(response)
  await client.read()
  await environment.settle()
  await client.cancel('gone')
  await environment.settle()
}

function iterableOf(iterator: unknown): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => iterator as AsyncIterator<string> }
}

const never = new Promise<never>(() => {})
const one = async (): Promise<IteratorResult<string>> => ({ done: false, value: 'x'.repeat(100_000) })

describe('when the client leaves', () => {
  it('a generator parked at a yield runs its finally', async () => {
    let finished = false
    async function* source(): AsyncGenerator<string> {
      try {
        for (;;) yield 'x'.repeat(100_000)
      } finally {
        finished = true
      }
    }
    const opened = open(source(), { maxBufferedBytes: 1_000 })
    await leave(opened)
    expect([finished, opened.environment.timers]).toEqual([true, 0])
    expect(opened.closes).toMatchObject([{ reason: 'client-closed', error: 'gone' }])
  })

  it('a generator parked on its own promise does not hold the close up, and finishes when woken', async () => {
    let finished = false
    const { promise, resolve } = defer()
    async function* source(): AsyncGenerator<string> {
      try {
        await promise
        yield 'late'
      } finally {
        finished = true
      }
    }
    const opened = open(source())
    await leave(opened)
    expect(opened.closes).toMatchObject([{ reason: 'client-closed' }])
    expect([finished, opened.environment.timers]).toEqual([false, 0])
    resolve()
    await opened.environment.settle()
    expect(finished).toBe(true)
  })

  it('an endless generator that nobody reads stops', async () => {
    let produced = 0
    async function* source(): AsyncGenerator<string> {
      for (;;) yield `${produced++}`
    }
    const opened = open(source(), { maxBufferedBytes: 10_000 })
    await leave(opened)
    const before = produced
    await opened.environment.settle()
    expect(produced).toBe(before)
    expect(before).toBeLessThan(200)
  })

  it('a ReadableStream is cancelled with why', async () => {
    const reasons: unknown[] = []
    const opened = open(
      new ReadableStream<string>({ pull: () => never, cancel: (reason) => void reasons.push(reason) }),
    )
    await leave(opened)
    expect(reasons).toMatchObject([{ code: 'stream-closed', reason: 'client-closed' }])
  })

  it('a callback hears it from its signal', async () => {
    const heard: unknown[] = []
    const opened = open(async (stream) => {
      await new Promise((resolve) => stream.signal.addEventListener('abort', resolve))
      heard.push(stream.signal.reason)
    })
    await leave(opened)
    expect(heard).toMatchObject([{ code: 'stream-closed', reason: 'client-closed' }])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('return')
      },
    ],
    ['rejects', () => Promise.reject(new Error('return'))],
    ['gives no promise', () => ({ done: true, value: undefined })],
    ['never settles', () => never],
  ])('an iterator whose return %s hurts nobody', async (_, end) => {
    for (const next of [one, () => never]) {
      const opened = open(iterableOf({ next, return: end }), { maxBufferedBytes: 1_000 })
      await leave(opened)
      expect(opened.closes).toMatchObject([{ reason: 'client-closed' }])
    }
  })

  it('a ReadableStream whose cancel fails hurts nobody', async () => {
    const opened = open(new ReadableStream<string>({ cancel: () => Promise.reject(new Error('cancel')) }))
    await leave(opened)
    expect(opened.closes).toMatchObject([{ reason: 'client-closed' }])
  })

  it('a generator whose finally throws hurts nobody', async () => {
    async function* source(): AsyncGenerator<string> {
      try {
        for (;;) yield 'x'.repeat(100_000)
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw new Error('finally')
      }
    }
    const opened = open(source(), { maxBufferedBytes: 1_000 })
    await leave(opened)
    expect(opened.closes).toMatchObject([{ reason: 'client-closed' }])
  })
})

describe('a source that ends', () => {
  it('is not told to stop once more than once', async () => {
    let stops = 0
    const values = ['a', 'b']
    const next = async (): Promise<IteratorResult<string>> => {
      const value = values.shift()
      return value === undefined ? { done: true, value } : { done: false, value }
    }
    const opened = open(iterableOf({ next, return: async () => (stops++, { done: true, value: undefined }) }))
    const client = new Client(opened.response).follow()
    await opened.environment.settle()
    expect(client.data).toEqual(['a', 'b'])
    expect(stops).toBeLessThanOrEqual(1)
  })

  it('whose next throws at once fails the stream', async () => {
    const next = (): never => {
      throw new Error('next')
    }
    const opened = open(iterableOf({ next }))
    const client = new Client(opened.response).follow()
    await opened.environment.settle()
    expect(opened.closes).toMatchObject([{ reason: 'failed', error: new Error('next') }])
    expect(client.text.endsWith('end=failed\n\n')).toBe(true)
  })
})
