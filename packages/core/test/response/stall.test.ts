import { describe, expect, it } from 'vitest'
import { StreamClosedError } from '../../src/fanout/errors.ts'
import { Client } from '../support/client.ts'
import { openRead, openStream } from '../support/open.ts'

const large = 'x'.repeat(70_000)

describe('a client is stalled', () => {
  it('when it never reads', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 5_000 })
    await environment.advance(4_900)
    expect(closes).toEqual([])
    await environment.advance(200)
    expect(closes).toMatchObject([{ reason: 'stalled', events: 0, bytes: 0 }])
    expect(closes[0]?.duration).toBeGreaterThanOrEqual(5_000)
    expect(closes[0]?.duration).toBeLessThanOrEqual(5_100)
    expect([environment.timers, stream.signal.aborted]).toEqual([0, true])
    const client = new Client(response)
    await client.read()
    expect(client.error).toEqual(new StreamClosedError('stalled'))
  })

  it('when it stops reading', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 5_000, heartbeat: 0 })
    const client = new Client(response)
    await client.read()
    await environment.advance(60_000)
    expect(closes).toEqual([])
    for (const data of [large, large]) await stream.send(data)
    await client.read()
    await environment.advance(4_900)
    expect(closes).toEqual([])
    await environment.advance(1_500)
    expect(closes).toMatchObject([{ reason: 'stalled', events: 1 }])
    expect(environment.timers).toBe(0)
  })

  it('when only a heartbeat is waiting', async () => {
    const { environment, closes, response } = openStream({ stallTimeout: 5_000, heartbeat: 20_000 })
    const client = new Client(response)
    await client.read()
    await environment.advance(24_900)
    expect(closes).toEqual([])
    await environment.advance(300)
    expect(closes).toMatchObject([{ reason: 'stalled' }])
    expect(environment.timers).toBe(0)
  })

  it('when it does not take the end', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 5_000 })
    const client = new Client(response)
    await client.read()
    stream.close()
    await environment.advance(6_500)
    expect(closes).toMatchObject([{ reason: 'stalled' }])
    expect(environment.timers).toBe(0)
  })

  it('after 10 s by default', async () => {
    const { environment, closes } = openStream()
    await environment.advance(9_950)
    expect(closes).toEqual([])
    await environment.advance(100)
    expect(closes).toMatchObject([{ reason: 'stalled' }])
  })

  it('even when more is sent all the time', async () => {
    const { environment, closes, stream } = openStream({ stallTimeout: 5_000 })
    for (let count = 0; count < 60; count++) {
      void stream.send('a')
      await environment.advance(100)
    }
    expect(closes).toMatchObject([{ reason: 'stalled' }])
    expect(closes[0]?.duration).toBeLessThanOrEqual(5_100)
  })
})

describe('a client is not stalled', () => {
  it('while it makes progress, however slowly', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 5_000, heartbeat: 1_000 })
    const client = new Client(response)
    for (let count = 0; count < 10; count++) await stream.send(`${count}${large}`)
    for (let count = 0; count < 10; count++) {
      expect(await client.read()).toBe(true)
      await environment.advance(4_800)
    }
    expect(closes).toEqual([])
    client.follow()
    await environment.settle()
    expect(client.data.map((data) => data[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('while nothing is waiting', async () => {
    const { environment, closes } = await openRead({ stallTimeout: 5_000, heartbeat: 0 })
    await environment.advance(3_600_000)
    expect(closes).toEqual([])
  })

  it('when the deadline is off', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 0 })
    await stream.send('a')
    await environment.advance(3_600_000)
    expect(closes).toEqual([])
    const client = new Client(response).follow()
    await environment.settle()
    expect(client.data).toEqual(['a'])
  })

  it('when it has just come back', async () => {
    const { environment, closes, response, stream } = openStream({ stallTimeout: 5_000, heartbeat: 0 })
    const client = new Client(response)
    await client.read()
    for (let count = 0; count < 20; count++) {
      await stream.send(large)
      await environment.advance(4_900)
      await client.read()
    }
    expect(closes).toEqual([])
  })
})
