import { expect, it } from 'vitest'
import type { RawClient } from '../raw-client/index.ts'
import type { Query, Subject } from './subject.ts'

/** Finite answers, for who is behind a proxy that collects streams. */
export function pollingContract(subject: Subject): void {
  const poll = (topic: string, query: Query): Promise<RawClient> =>
    subject.open('/events', { topic, name: topic, mode: 'poll', ...query })
  const numbers = (client: RawClient): number[] => client.events.map(({ data }) => Number.parseInt(data))

  it('a poll is answered with what is new, and ends', async () => {
    const topic = subject.name()
    await subject.publish(topic, 3, 10)
    const client = await poll(topic, { lastEventId: 'earliest' })
    await client.until('the end of the body', () => client.bodyDone)
    expect(numbers(client)).toEqual([0, 1, 2])
    expect(client.head?.headers.get('content-type')).toMatch(/^text\/event-stream(;|$)/)
    client.destroy()
  })

  it('the next poll waits, and goes on where the one before ended', async () => {
    const topic = subject.name()
    await subject.publish(topic, 3, 10)
    const first = await poll(topic, { lastEventId: 'earliest' })
    await first.until('the end of the body', () => first.bodyDone)
    const lastEventId = first.events.at(-1)?.id ?? ''
    const asked = subject.open(
      '/events',
      { topic, name: topic, mode: 'poll', wait: 20_000 },
      { headers: { 'last-event-id': lastEventId } },
    )
    await subject.publish(topic, 2, 10)
    const second = await asked
    await second.until('the end of the body', () => second.bodyDone)
    expect(numbers(second)).toEqual([0, 1])
    second.destroy()
  })

  it('a poll that waited in vain ends without an event, and leaves nobody behind', async () => {
    const topic = subject.name()
    const client = await poll(topic, { wait: 300 })
    await client.until('the end of the body', () => client.bodyDone)
    expect(client.events).toEqual([])
    await subject.untilCount(topic, 0)
    client.destroy()
  })
}
