import { describe, expect, it, vi } from 'vitest'
import type { Endpoints } from '../../src/client/types.ts'
import { a, b, c, checkpoint, event, hello, id, Stage } from './stage.ts'

describe('endpoints as a function', () => {
  it('are asked for before the first attempt', async () => {
    const stage = new Stage(async () => [a]).listen()
    expect(stage.exchanges).toHaveLength(0)
    await stage.open(hello + checkpoint(0) + event(1))
    expect(stage.data).toEqual(['1'])
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('are asked for again when all have failed, and new ones are tried at once', async () => {
    const answers: Endpoints[] = [a, [a, b]]
    const ask = vi.fn(() => answers[Math.min(ask.mock.calls.length, answers.length) - 1] as Endpoints)
    const stage = new Stage(ask).listen()
    const first = await stage.open(hello + checkpoint(0) + event(1))
    await stage.advance(6_000)
    first.cut()
    await stage.advance(200)
    stage.last.refuse()
    await stage.advance(1)
    expect(ask).toHaveBeenCalledTimes(2)
    expect(stage.last.url.href).toBe(b)
    expect(stage.last.lastEventId).toBe(id(1))
    stage.connection.close()
  })

  it('are asked for again after a minute without a good stream, and not while there is one', async () => {
    const ask = vi.fn(() => [a, b])
    const stage = new Stage(ask, { connectTimeout: 0, redundancy: 'none' }).listen()
    await stage.advance(59_000)
    expect(ask).toHaveBeenCalledTimes(1)
    await stage.advance(2_000)
    expect(ask).toHaveBeenCalledTimes(2)
    const stream = await stage.open(hello + checkpoint(0))
    for (let second = 0; second < 180; second += 9) {
      await stage.advance(9_000)
      await stage.send(stream, ': beat\n\n')
    }
    expect(ask).toHaveBeenCalledTimes(2)
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('that say there is no stream are not the last word where the function has others', async () => {
    const answers: Endpoints[] = [[a], [a, c]]
    const stage = new Stage(() => answers.shift() ?? [a, c]).listen()
    await stage.settle()
    await stage.advance(1_000)
    stage.last.answer(404)
    await stage.settle()
    await stage.advance(200)
    expect(stage.last.url.href).toBe(c)
    stage.last.answer(410)
    await stage.advance(5_000)
    stage.exchanges.at(-1)?.answer(404)
    await stage.settle()
    expect(stage.connection.status).toMatchObject({ state: 'closed', error: { code: 'no-event-stream' } })
  })

  it('that say there is no stream are asked again in their time where the function never answers', async () => {
    let calls = 0
    const stage = new Stage(() => (calls++ === 0 ? [a] : new Promise<Endpoints>(() => {}))).listen()
    await stage.settle()
    await stage.advance(1_000)
    stage.last.answer(404)
    await stage.settle()
    expect([stage.connection.status.state, stage.exchanges.length]).toEqual(['waiting', 1])
    for (let time = 0; time < 400_000 && stage.exchanges.length === 1; time += 5_000) await stage.advance(5_000)
    expect(stage.exchanges).toHaveLength(2)
    await stage.open(hello + checkpoint(0) + event(1))
    expect(stage.data).toEqual(['1'])
    stage.connection.close()
    expect(stage.environment.timers).toBe(0)
  })

  it('that the function has not got yet are waited for, within the steps of a back-off', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    let failures = 2
    const stage = new Stage(() => {
      if (failures-- > 0) throw new Error('Discovery is down')
      return a
    }).listen()
    await stage.settle()
    expect(stage.connection.status.state).toBe('waiting')
    await stage.advance(3_000)
    await stage.open(hello + checkpoint(0))
    expect(stage.connection.status).toEqual({ state: 'open', endpoint: a })
    expect(report).toHaveBeenCalledTimes(2)
    stage.connection.close()
    report.mockRestore()
  })

  it('of which there are none end it at the start, and change nothing later', async () => {
    const none = new Stage(() => [])
    await none.settle()
    expect(none.connection.status).toMatchObject({ state: 'closed', error: { code: 'invalid-endpoint' } })
  })

  it('are not waited for any more once it is closed', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const stage = new Stage(() => Promise.reject(new Error('Discovery is down')))
    await stage.settle()
    stage.connection.close()
    await stage.settle()
    expect([stage.connection.status.state, stage.environment.timers]).toEqual(['closed', 0])
    report.mockRestore()
  })

  it('are not waited for once it is closed while the function is still busy', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const asked = Promise.withResolvers<Endpoints>()
    const stage = new Stage(() => asked.promise)
    await stage.settle()
    stage.connection.close()
    asked.reject(new Error('Discovery is down'))
    await stage.settle()
    expect([stage.connection.status.state, stage.environment.timers]).toEqual(['closed', 0])
    report.mockRestore()
  })
})
