import { describe, expect, it } from 'vitest'
import type { ContractSubject } from './capabilities.ts'
import { type Subject, useSubjectOnce } from './subject.ts'

// Alone on the machine it takes less than a second. Other tests share it, and made it take 5: the limit only tells that
// from a server which waits for its clients, or for its idle connections, 20 s here.
const hang = 18_000

/** How streams and servers end. Each test ends its server, so each has one of its own, and each try of it. */
export function shutdownContract(contract: ContractSubject): void {
  const openStreams = async (subject: Subject, howMany: number) => {
    const names = Array.from({ length: howMany }, () => subject.name())
    const clients = await Promise.all(names.map((name) => subject.stream('/events', { topic: 'all', name })))
    return { names, clients }
  }

  const endsAll = async (subject: Subject, way: string): Promise<void> => {
    const { names, clients } = await openStreams(subject, 20)
    const startedAt = performance.now()
    await subject.post(`/${way}`, { within: 500 })
    const took = performance.now() - startedAt
    console.log(`${contract.name}: ${way} returned after ${took.toFixed(0)} ms`)
    expect(took).toBeLessThan(hang)
    for (const client of clients) await client.until('the end of the body', () => client.bodyDone)
    for (const name of names) expect((await subject.closed(name, 'nobody')).reason).toBe('drained')
    expect((await subject.state()).subscribers).toBe(0)
  }
  // A disclaimer is tested as well.
  const leavesAll = async (subject: Subject, way: string): Promise<void> => {
    const { clients } = await openStreams(subject, 2)
    await subject.post(`/${way}`, { within: 500 })
    await subject.publish('all', 1, 10)
    for (const client of clients) await client.until('the event', () => client.events.length === 1)
  }
  const { sharedStreams } = contract.capabilities
  const does = sharedStreams
    ? 'ends every stream completely and returns within a second'
    : 'leaves the streams of other requests alone'

  for (const way of ['drain', 'close']) {
    describe(way, () => {
      const subject = useSubjectOnce(contract)
      it(does, () => (sharedStreams ? endsAll(subject, way) : leavesAll(subject, way)))
    })
  }

  if (!contract.capabilities.shutdown) return

  describe('SIGTERM', () => {
    const subject = useSubjectOnce(contract)
    it('ends the streams, lets idle connections go, and the process ends by itself', async () => {
      const { clients } = await openStreams(subject, 10)
      const single = await subject.stream('/stream', { name: subject.name() })
      const idle = await subject.open('/state')
      await idle.until('the answer', () => idle.bodyDone)
      subject.server.signal('SIGTERM')
      expect(await subject.server.exited).toBe(0)
      for (const client of [...clients, single, idle]) await client.untilGone()
      for (const client of clients) expect(client.bodyDone).toBe(true)
      expect(Number(/closed (\d+) ms/.exec(subject.server.output)?.[1])).toBeLessThan(hang)
    })
  })

  describe('SIGTERM with a client that lags', () => {
    const subject = useSubjectOnce(contract, () => ({ within: 2 * hang }))
    it('gives it all that was sent, and the end', async () => {
      const name = subject.name()
      const client = await subject.stream('/stream', { name, source: 'burst', count: 4000, size: 16_384 })
      client.pause()
      await subject.untilBlocked(name)
      subject.server.signal('SIGTERM')
      client.resume()
      await client.until('the end of the body', () => client.bodyDone)
      const numbers = client.events.map(({ data }) => Number.parseInt(data))
      expect(numbers).toEqual([...numbers.keys()])
      expect(await subject.server.exited).toBe(0)
    })
  })

  describe('SIGTERM with a stalled client', () => {
    const subject = useSubjectOnce(contract)
    it('does not wait for it', async () => {
      const name = subject.name()
      const client = await subject.stream('/stream', {
        name,
        source: 'burst',
        count: 4000,
        size: 16_384,
        // So that nothing but the end of the process ends it.
        stallTimeout: 0,
      })
      client.pause()
      await subject.untilStream(name, (record) => record.source!.sent > 100)
      subject.server.signal('SIGTERM')
      expect(await subject.server.exited).toBe(0)
      expect(Number(/closed (\d+) ms/.exec(subject.server.output)?.[1])).toBeLessThan(hang)
    })
  })
}
