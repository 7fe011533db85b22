import { describe, expect, it } from 'vitest'
import { refusedOptions } from './options.ts'
import { Client } from '../support/client.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { get, open, openRead, openStream } from '../support/open.ts'

describe('the first bytes', () => {
  it('come without a turn, a timer or an event', async () => {
    const { response } = openStream()
    const client = new Client(response)
    expect(await client.read()).toBe(true)
    expect(client.parsed.hints).toEqual([{ heartbeat: 7_000, t: 1_700_000_001_000 }])
    expect(client.text.endsWith('\n\n')).toBe(true)
  })

  it('dispatch nothing and set no last event ID', async () => {
    const { client } = await openRead()
    expect(client.parsed).toMatchObject({ events: [], lastEventId: '', comments: [] })
    expect(client.text).not.toMatch(/^id/m)
  })

  it('say a heartbeat of 0 when none comes', async () => {
    const { client } = await openRead({ heartbeat: 0 })
    expect(client.parsed.hints[0]?.heartbeat).toBe(0)
  })

  it('carry the reconnection time given, also 0', async () => {
    for (const retry of [0, 1, 86_400_000]) {
      const { client } = await openRead({ retry })
      expect(client.parsed.retry).toBe(retry)
    }
  })

  it('carry a random reconnection time of 1 to 4 s else', async () => {
    const environment = new FakeEnvironment()
    const times: number[] = []
    for (let count = 0; count < 200; count++) {
      const client = new Client(open(() => {}, { environment }).response)
      await client.read()
      times.push(client.parsed.retry as number)
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...times)).toBeLessThanOrEqual(4_000)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2_500)
    expect(times.every(Number.isInteger)).toBe(true)
  })

  it('leave the back-off to connect(), unless a reconnection time is given', async () => {
    const request = get({ headers: { accept: 'text/event-stream;holdfast=1' } })
    const { client } = await openRead({ request })
    expect(client.parsed.retry).toBe(undefined)
    expect((await openRead({ request, retry: 5 })).client.parsed.retry).toBe(5)
  })

  it('come before events that were sent before anyone read', async () => {
    const { stream, response, environment } = openStream({ retry: 5 })
    void stream.send('a')
    const client = new Client(response).follow()
    await environment.settle()
    expect(client.text).toMatch(/^: hint [^\n]*\n\nretry: 5\n\ndata: a\n\n$/)
  })
})

describe('a refused option', () => {
  it.each(refusedOptions)('leaves nothing behind: $name', ({ options, error }) => {
    const environment = new FakeEnvironment()
    let called = false
    expect(() => open(() => void (called = true), { environment, ...options })).toThrow(error)
    expect([called, environment.timers, environment.queued]).toEqual([false, 0, 0])
  })
})
