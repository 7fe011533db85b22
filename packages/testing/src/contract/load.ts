import { expect, it } from 'vitest'
import { resetPeak } from '../process-group.ts'
import type { RawClient } from '../raw-client/index.ts'
import type { Subject } from './subject.ts'

const size = 16_384

/** What stalled clients cost everybody else: nothing. A server of its own, since its memory is watched. */
export function loadContract(subject: Subject): void {
  const stalledClients = async (topic: string, howMany: number, stallTimeout: number): Promise<string[]> => {
    const names = Array.from({ length: howMany }, () => subject.name())
    const clients = await Promise.all(names.map((name) => subject.stream('/events', { topic, name, stallTimeout, heartbeat: 500 })))
    clients.forEach((client: RawClient) => client.pause())
    return names
  }

  it('a healthy reader is not slowed by 20 stalled ones: everything arrives, in order', async () => {
    const topic = subject.name()
    const names = await stalledClients(topic, 20, 1000)
    const seen: number[] = []
    const onEvent = ({ data }: { data: string }): void => void seen.push(Number.parseInt(data))
    const healthy = await subject.stream('/events', { topic, name: subject.name() }, { onEvent })
    const total = 1500
    expect(await subject.publish(topic, total, size, { every: 5 })).toEqual({ published: total, failed: 0 })
    await healthy.until('everything', () => seen.length === total)
    expect(seen).toEqual([...Array(total).keys()])
    for (const name of names) expect((await subject.closed(name)).reason).toMatch(/^(stalled|overflow)$/)
    healthy.destroy()
  })

  it.runIf(process.platform === 'linux')('memory stays flat while 200 MB are published past 10 stalled readers', async () => {
    const topic = subject.name()
    const megabyte = 1024 * 1024
    const round = async (megabytes: number): Promise<string[]> => {
      const names = await stalledClients(topic, 10, 1000)
      const count = megabytes * 64
      expect(await subject.publish(topic, count, size)).toEqual({ published: count, failed: 0 })
      return names
    }
    // The first round is for the heap to find its size: about 100 MB on Node 26, 65 on Deno 2.9. A second adds nothing.
    const names = await round(100)
    resetPeak(subject.server.pid)
    const before = subject.server.memory()!.now
    names.push(...(await round(200)))
    const growth = (subject.server.memory()!.peak - before) / megabyte
    // One copy for all of what the stalled ones have not read would be 200 MB, one each 2,000.
    expect(growth).toBeLessThan(80)
    for (const name of names) expect((await subject.closed(name)).reason).toMatch(/^(stalled|overflow)$/)
  })
}
