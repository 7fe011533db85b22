import { describe, expect, it } from 'vitest'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { open, openRead, openStream } from '../support/open.ts'

describe('maxAge', () => {
  it('ends streams at 80 to 100 % of it, spread', async () => {
    const environment = new FakeEnvironment()
    const ages: number[] = []
    for (let count = 0; count < 200; count++) {
      const onClose = ({ duration }: { duration: number }): void => void ages.push(duration)
      void open(() => {}, {
        environment,
        maxAge: 100_000,
        stallTimeout: 1_000_000,
        heartbeat: 0,
        onClose,
      }).response.body?.pipeTo(new WritableStream())
    }
    await environment.settle()
    await environment.advance(79_950)
    expect(ages).toEqual([])
    await environment.advance(20_100)
    expect(ages).toHaveLength(200)
    expect(Math.min(...ages)).toBeLessThan(82_000)
    expect(Math.max(...ages)).toBeGreaterThan(98_000)
    expect(environment.timers).toBe(0)
  })

  it('delivers what was sent, without an end mark, so that clients come back', async () => {
    const { environment, client, closes, stream } = await openRead({ maxAge: 1_000 })
    await environment.advance(700)
    await stream.send('a')
    await environment.advance(400)
    expect([client.data, client.ended]).toEqual([['a'], true])
    expect(client.text).not.toContain('end=')
    expect(closes).toMatchObject([{ reason: 'max-age', events: 1 }])
    expect(stream.signal.reason).toMatchObject({ code: 'stream-closed', reason: 'max-age' })
    expect(environment.timers).toBe(0)
  })

  it('takes nothing more from the source, while the client takes what it has not got', async () => {
    const { environment, closes, stream } = openStream({ maxAge: 1_000 })
    await stream.send('a')
    await environment.advance(1_100)
    await expect(stream.send('b')).rejects.toMatchObject({ reason: 'max-age' })
    expect([closes, stream.signal.aborted]).toEqual([[], true])
    await environment.advance(10_000)
    expect(closes).toMatchObject([{ reason: 'stalled' }])
  })

  it('is off by default', async () => {
    const { environment, closes } = await openRead()
    await environment.advance(24 * 3_600_000)
    expect(closes).toEqual([])
  })
})

describe('deadlines that are all off', () => {
  it('need no timer', async () => {
    const { environment, stream, client } = await openRead({ heartbeat: 0, stallTimeout: 0, maxAge: 0 })
    expect(environment.timers).toBe(0)
    await stream.send('a')
    await environment.settle()
    expect([environment.timers, client.data]).toEqual([0, ['a']])
  })
})

describe('a world where timers belong to a request', () => {
  it('shares no timer between streams and beats every 25 s', async () => {
    const environment = new FakeEnvironment({ requestScoped: true })
    const streams = [await openRead({ environment }), await openRead({ environment })]
    expect(environment.timers).toBe(2)
    await environment.advance(24_900)
    expect(streams[0]?.client.parsed.hints).toHaveLength(1)
    await environment.advance(200)
    expect(streams[0]?.client.parsed.hints).toHaveLength(2)
    for (const { client } of streams) await client.cancel()
    expect(environment.timers).toBe(0)
  })

  it.each([0, 3_600_000])(
    'beats every 60 s at the latest, for a heartbeat of %i: only a write finds who has left',
    async (heartbeat) => {
      const { client, environment } = await openRead({
        environment: new FakeEnvironment({ requestScoped: true }),
        heartbeat,
      })
      await environment.advance(59_900)
      expect(client.parsed.hints).toHaveLength(1)
      await environment.advance(200)
      expect(client.parsed.hints).toMatchObject([{ heartbeat: 60_000 }, { heartbeat: 60_000 }])
    },
  )

  it('ends each stream after 48 to 60 minutes, unless another age is given', async () => {
    const environment = new FakeEnvironment({ requestScoped: true })
    const [ageing, ageless] = [await openRead({ environment }), await openRead({ environment, maxAge: 0 })]
    await environment.advance(47 * 60_000)
    expect(ageing.closes).toEqual([])
    await environment.advance(14 * 60_000)
    expect([ageing.closes, ageless.closes]).toMatchObject([[{ reason: 'max-age' }], []])
  })

  it('pushes, up to 64 KiB ahead of its reader', async () => {
    const environment = new FakeEnvironment({ requestScoped: true })
    const { stream, closes } = openStream({ environment, stallTimeout: 5_000, heartbeat: 0 })
    await stream.send('x'.repeat(1_000))
    await environment.advance(60_000)
    expect(closes).toEqual([])
    await stream.send('x'.repeat(70_000))
    await stream.send('a')
    await environment.advance(7_000)
    expect(closes).toMatchObject([{ reason: 'stalled', events: 2 }])
  })
})
