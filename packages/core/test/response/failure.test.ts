import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StreamOptions, StreamSource } from '../../src/response/options.ts'
import type { ServerSentEvent } from '../../src/wire/event.ts'
import { InvalidFieldError } from '../../src/wire/errors.ts'
import { Client } from '../support/client.ts'
import { defer } from '../support/defer.ts'
import { open, type Opened, openRead } from '../support/open.ts'

const secret = new Error('postgres://user:hunter2@db')

async function* generate(): AsyncGenerator<string> {
  yield 'a'
  throw secret
}

const failing: { name: string; source(): StreamSource }[] = [
  { name: 'a generator that throws', source: generate },
  {
    name: 'a ReadableStream that errors',
    source: () => {
      const values = ['a']
      return new ReadableStream<string>({
        pull(controller) {
          const value = values.shift()
          if (value === undefined) controller.error(secret)
          else controller.enqueue(value)
        },
      })
    },
  },
  {
    name: 'an async function that throws',
    source: () => async (stream) => {
      await stream.send('a')
      throw secret
    },
  },
  {
    name: 'a function that throws at once',
    source: () => (stream) => {
      void stream.send('a')
      throw secret
    },
  },
]

async function readFailing(source: StreamSource, options: StreamOptions = {}): Promise<Opened & { client: Client }> {
  const opened = open(source, options)
  const client = new Client(opened.response).follow()
  await opened.environment.settle()
  return { ...opened, client }
}

const report = vi.spyOn(console, 'error')
beforeEach(() => void report.mockImplementation(() => {}))
afterEach(() => void report.mockReset())

describe.each(failing)('$name', ({ source }) => {
  it('ends as failed, says nothing of why, and tells onClose', async () => {
    const { client, closes, environment } = await readFailing(source())
    expect(client.data).toEqual(['a'])
    expect(client.text.endsWith(': hint end=failed\n\n')).toBe(true)
    expect(client.text).not.toMatch(/postgres|hunter2|Error/)
    expect(client.ended).toBe(true)
    expect(closes).toEqual([{ reason: 'failed', error: secret, duration: 0, events: 1, bytes: client.byteLength }])
    expect(environment.timers).toBe(0)
    expect(report).not.toHaveBeenCalled()
  })

  it('may leave a last event', async () => {
    const errors: unknown[] = []
    const onError = (error: unknown): ServerSentEvent => {
      errors.push(error)
      return { event: 'sorry', data: 'try again' }
    }
    const { client, closes } = await readFailing(source(), { onError })
    expect(errors).toEqual([secret])
    expect(client.parsed.events.at(-1)).toEqual({ event: 'sorry', data: 'try again', id: '' })
    expect(client.parsed.hints.at(-1)).toEqual({ end: 'failed' })
    expect(closes).toMatchObject([{ reason: 'failed', events: 2 }])
  })
})

describe('onError', () => {
  it('that throws is reported and changes nothing', async () => {
    const own = new Error('own')
    const { client, closes } = await readFailing(generate(), {
      onError() {
        throw own
      },
    })
    expect(report).toHaveBeenCalledExactlyOnceWith(own)
    expect(client.text.endsWith(': hint end=failed\n\n')).toBe(true)
    expect(client.text).not.toContain('own')
    expect(closes).toMatchObject([{ reason: 'failed', error: secret }])
  })

  it.each<ServerSentEvent>([{ event: 'a\nb', data: '' }, { data: 1n }, { id: '\0' }, { comment: 'hint end=done' }])(
    'whose event cannot be written is reported: %o',
    async (last) => {
      const { client, closes } = await readFailing(generate(), { onError: () => last })
      expect(report.mock.calls).toEqual([[expect.any(InvalidFieldError)]])
      expect(client.data).toEqual(['a'])
      expect(client.parsed.hints.at(-1)).toEqual({ end: 'failed' })
      expect(closes).toMatchObject([{ reason: 'failed' }])
    },
  )

  it('is not called for a source that gave up because its client had left', async () => {
    const onError = vi.fn()
    const { promise, reject } = defer()
    const { client, closes, environment } = await readFailing(() => promise, { onError })
    await client.cancel()
    reject(secret)
    await environment.settle()
    expect(onError).not.toHaveBeenCalled()
    expect(closes).toMatchObject([{ reason: 'client-closed' }])
  })

  it('is called when the source gave something that cannot be written', async () => {
    async function* source(): AsyncGenerator<ServerSentEvent> {
      yield { event: 'x\r\ndata: forged', data: '' }
    }
    const errors: unknown[] = []
    const { client } = await readFailing(source(), { onError: (error) => void errors.push(error) })
    expect(errors).toEqual([expect.any(InvalidFieldError)])
    expect(client.text).not.toContain('forged')
    expect(client.parsed.hints.at(-1)).toEqual({ end: 'failed' })
  })
})

describe('onClose', () => {
  it('that throws is reported and hurts nobody', async () => {
    const own = new Error('own')
    const { stream, environment, client } = await openRead({
      onClose() {
        throw own
      },
    })
    await stream.send('a')
    stream.close()
    await environment.settle()
    expect(report).toHaveBeenCalledExactlyOnceWith(own)
    expect([client.data, client.ended, environment.timers]).toEqual([['a'], true, 0])
  })
})
