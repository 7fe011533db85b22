import { expect, it } from 'vitest'
import { resetPeak } from '../process-group.ts'
import type { RawClient } from '../raw-client/index.ts'
import type { Subject } from './subject.ts'

const size = 16_384

interface Stalled {
  name: string
  client: RawClient
}

/** What stalled clients cost everybody else: nothing. A server of its own, since its memory is watched. */
export function loadContract(subject: Subject): void {
  const stalledClients = (topic: string, howMany: number): Promise<Stalled[]> => {
    const stall = async (): Promise<Stalled> => {
      const name = subject.name()
      const client = await subject.stream('/events', { topic, name, stallTimeout: 1000, heartbeat: 500 })
      client.pause()
      return { name, client }
    }
    return Promise.all(Array.from({ length: howMany }, stall))
  }

  const expectClosed = async (stalled: Stalled[]): Promise<void> => {
    for (const { name } of stalled) expect((await subject.closed(name)).reason).toMatch(/^(stalled|overflow)$/)
  }

  it('a healthy reader is not slowed by 20 stalled ones: everything arrives, in order', async () => {
    const topic = subject.name()
    const stalled = await stalledClients(topic, 20)
    const seen: number[] = []
    const onEvent = ({ data }: { data: string }): void => void seen.push(Number.parseInt(data))
    const healthy = await subject.stream('/events', { topic, name: subject.name() }, { onEvent })
    const total = 1500
    expect(await subject.publish(topic, total, size, { every: 5 })).toEqual({ published: total, failed: 0 })
    await healthy.untilAll('everything', () => seen.length === total)
    expect(seen).toEqual([...Array(total).keys()])
    await expectClosed(stalled)
    healthy.destroy()
  })

  it.runIf(process.platform === 'linux')(
    'memory stays flat while 200 MB are published past 10 stalled readers',
    async () => {
      const topic = subject.name()
      const megabyte = 1024 * 1024
      const round = async (megabytes: number): Promise<void> => {
        const stalled = await stalledClients(topic, 10)
        const count = megabytes * 64
        expect(await subject.publish(topic, count, size)).toEqual({ published: count, failed: 0 })
        await expectClosed(stalled)
        for (const { client } of stalled) client.destroy()
      }
      // The heap finds its size first: 100 MB in one round on Node 26, 65 on Deno 2.9, 400 in two on workerd 1.2026, which
      // collects late. A third adds nothing.
      await round(200)
      await round(200)
      resetPeak(subject.server.pid)
      const before = subject.server.memory()!.now
      await round(200)
      const growth = (subject.server.memory()!.peak - before) / megabyte
      // One copy of what the stalled ones have not read would be 200 MB, one for each 2,000. Bun 1.4 moves by up to 100
      // without any.
      expect(growth).toBeLessThan(150)
    },
  )
}
