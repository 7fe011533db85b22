import { describe, expect, it } from 'vitest'
import { Client } from '../support/client.ts'
import { openRead, openStream } from '../support/open.ts'

const slack = 50

describe('a heartbeat', () => {
  it('comes after each silence, as a hint', async () => {
    const { client, environment } = await openRead({ heartbeat: 1_000 })
    await environment.advance(1_000 - slack)
    expect(client.chunks).toHaveLength(1)
    await environment.advance(2 * slack)
    expect(client.chunks).toHaveLength(2)
    await environment.advance(8_000)
    expect(client.chunks.length).toBeGreaterThanOrEqual(9)
    expect(client.chunks.length).toBeLessThanOrEqual(10)
    const times = client.parsed.hints.map(({ t }) => t ?? 0)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
    expect(client.parsed.hints.every(({ heartbeat }) => heartbeat === 1_000)).toBe(true)
  })

  it('does not come while there are events', async () => {
    const { client, environment, stream } = await openRead({ heartbeat: 1_000 })
    for (let count = 0; count < 100; count++) {
      await environment.advance(900)
      await stream.send('a')
    }
    await environment.settle()
    expect(client.parsed.hints).toHaveLength(1)
    expect(client.data).toHaveLength(100)
  })

  it('costs no timer while there are events', async () => {
    const { environment, stream } = await openRead({ heartbeat: 60_000, stallTimeout: 0 })
    let armed = 0
    const { setTimer } = environment
    environment.setTimer = (callback, delay) => (armed++, setTimer.call(environment, callback, delay))
    for (let count = 0; count < 1_000; count++) {
      environment.jump(10)
      await stream.send('a')
      environment.turn()
    }
    expect(armed).toBe(0)
  })

  it('defaults to 7 s, which a plain Bun.serve lets live', async () => {
    const { client, environment } = await openRead()
    await environment.advance(6_950)
    expect(client.chunks).toHaveLength(1)
    await environment.advance(100)
    expect(client.chunks).toHaveLength(2)
  })

  it('never comes when it is off, and no timer is left for it', async () => {
    const { client, environment } = await openRead({ heartbeat: 0, stallTimeout: 0 })
    expect(environment.timers).toBe(0)
    await environment.advance(3_600_000)
    expect(client.chunks).toHaveLength(1)
  })

  it.each([0, 60_000])('survives a full stream, with a stall deadline of %i', async (stallTimeout) => {
    const { response, environment } = openStream({ heartbeat: 1_000, stallTimeout })
    const client = new Client(response)
    await client.read()
    await environment.advance(10_000)
    for (let count = 1; count <= 5; count++) {
      await client.read()
      expect(client.parsed.hints).toHaveLength(1 + count)
      await environment.advance(10_000)
    }
    client.follow()
    await environment.settle()
    const before = client.chunks.length
    await environment.advance(5_000)
    expect(client.chunks.length - before).toBeGreaterThanOrEqual(4)
    expect(client.chunks.length - before).toBeLessThanOrEqual(5)
  })

  it('is written once, however long the client was away', async () => {
    const { response, environment } = openStream({ heartbeat: 1_000, stallTimeout: 0 })
    await environment.advance(60_000)
    const client = new Client(response).follow()
    await environment.settle()
    expect(client.chunks).toHaveLength(1)
    await environment.advance(1_050)
    expect(client.chunks).toHaveLength(2)
  })
})
