import { expect, it } from 'vitest'
import type { RawClient } from '../raw-client/index.ts'
import type { Capabilities } from './capabilities.ts'
import type { Subject } from './subject.ts'

/** A client that goes away: found, closed once, and nothing of it left. */
export function leavingContract(subject: Subject, { leavingFound, halfClose, sharedStreams }: Capabilities): void {
  // Where only a write finds it, a short heartbeat is what writes.
  const heartbeat = leavingFound === 'at once' ? 0 : 200
  const ways: [string, (client: RawClient) => void][] = [
    ['FIN', (client) => client.destroy()],
    ['RST', (client) => client.rst()],
  ]

  it.each(ways)(`a subscriber's %s is found (${leavingFound})`, async (_, leave) => {
    const topic = subject.name()
    const client = await subject.stream('/events', { topic, name: topic, heartbeat })
    await subject.untilCount(topic, 1)
    leave(client)
    expect((await subject.closed(topic, topic)).reason).toBe('client-closed')
  })

  it.each(ways)(`a single stream's %s is found, and its source is stopped (${leavingFound})`, async (_, leave) => {
    // A generator hears of it when what it waits for has come.
    for (const source of sharedStreams ? ['quiet', 'ticking', 'generator'] : ['quiet', 'ticking']) {
      const name = subject.name()
      const client = await subject.stream('/stream', { name, source, heartbeat, count: 1e9, every: 20 })
      leave(client)
      expect((await subject.closed(name)).reason).toBe('client-closed')
      await subject.untilStream(name, (record) =>
        source === 'quiet' ? record.source!.aborted : record.source!.finished,
      )
    }
  })

  it(`a half-close is ${halfClose === 'close' ? 'leaving' : 'ignored'}`, async () => {
    const topic = subject.name()
    const client = await subject.stream('/events', { topic, name: topic, heartbeat })
    client.fin()
    if (halfClose === 'close') expect((await subject.closed(topic, topic)).reason).toBe('client-closed')
    else {
      await subject.publish(topic, 1, 10)
      await client.until('an event after the half-close', () => client.events.length === 1)
    }
    client.destroy()
  })

  it.each(ways)('a reader who vanishes by %s in the middle of a burst is found', async (_, leave) => {
    const name = subject.name()
    const client = await subject.stream(
      '/stream',
      { name, source: 'burst', count: 4000, size: 16_384, heartbeat },
      { onEvent: () => {} },
    )
    await client.until('a part of the burst', () => client.bodyBytes > 1_000_000)
    leave(client)
    expect((await subject.closed(name)).reason).toBe('client-closed')
    const { source } = await subject.untilStream(name, (record) => record.source!.finished)
    expect(source).toMatchObject({ aborted: true, rejected: 'stream-closed' })
  })

  it('a subscriber who vanishes in the middle of a burst harms neither the publisher nor the others', async () => {
    const topic = subject.name()
    const [stays, leaves] = [subject.name(), subject.name()]
    const healthy = await subject.stream('/events', { topic, name: stays })
    const leaver = await subject.stream('/events', { topic, name: leaves, heartbeat })
    const published = subject.publish(topic, 600, 16_384, { every: 5 })
    await leaver.until('a part of the burst', () => leaver.bodyBytes > 1_000_000)
    leaver.rst()
    expect(await published).toEqual({ published: 600, failed: 0 })
    await healthy.untilAll('everything', () => healthy.events.length === 600)
    expect(healthy.events.map(({ data }) => Number.parseInt(data))).toEqual([...Array(600).keys()])
    expect((await subject.closed(leaves)).reason).toBe('client-closed')
    healthy.rst()
  })
}
