import { expect, it } from 'vitest'
import type { RawClient } from '../raw-client/index.ts'
import type { Subject } from './subject.ts'

/** How a stream begins, ends well, and lives quietly in between. */
export function openingContract(subject: Subject): void {
  const expectHead = ({ head }: RawClient): void => {
    const headers = head!.headers
    expect(head!.status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/event-stream(;|$)/)
    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
    expect(headers.get('content-encoding')).toBeUndefined()
  }

  it.each(['/events', '/stream'])('%s sends its whole head and its first bytes at once', async (path) => {
    // No heartbeat: nothing but the opening can be what arrives.
    const client = await subject.stream(path, { topic: subject.name(), name: subject.name(), heartbeat: 0 })
    expectHead(client)
    expect(client.head!.headers.get('content-length')).toBeUndefined()
    expect(client.events).toEqual([])
    client.rst()
  })

  it.each(['/events', '/stream'])('HEAD %s has the headers, no body, and leaves nobody behind', async (path) => {
    const [topic, name] = [subject.name(), subject.name()]
    const client = await subject.open(path, { topic, name, heartbeat: 50 }, { method: 'HEAD' })
    expectHead(client)
    const { count, stream } = await subject.state({ topic, name })
    expect([count, stream, client.text]).toEqual([0, undefined, ''])
    client.destroy()
  })

  it('answers without a body, too', async () => {
    const client = await subject.open('/nothing')
    expect([client.head?.status, client.bodyDone, client.text]).toEqual([204, true, ''])
    client.destroy()
  })

  it('delivers events in order, in the same turn or not', async () => {
    const topic = subject.name()
    const client = await subject.stream('/events', { topic, name: topic })
    await subject.publish(topic, 50, 2000)
    await subject.publish(topic, 1, 1)
    await client.until('51 events', () => client.events.length === 51)
    expect(client.events.map(({ data }) => Number.parseInt(data))).toEqual([...Array(50).keys(), 0])
    client.rst()
  })

  it('a source that returns ends the response completely, and says so', async () => {
    const name = subject.name()
    const client = await subject.stream('/stream', { name, source: 'returning' })
    await client.until('the end of the body', () => client.bodyDone)
    expect(client.events.map(({ data }) => Number.parseInt(data))).toEqual([0, 1, 2])
    expect(client.comments.at(-1)).toContain('end=done')
    expect(await subject.closed(name)).toMatchObject({ reason: 'ended', events: 3 })
    client.destroy()
  })

  it('a source that throws ends the response, and its message stays here', async () => {
    const name = subject.name()
    const client = await subject.stream('/stream', { name, source: 'throwing' })
    await client.until('the end of the body', () => client.bodyDone)
    expect(client.text).not.toContain('secret')
    expect(client.comments.at(-1)).toContain('end=failed')
    expect(await subject.closed(name)).toMatchObject({ reason: 'failed', error: 'Error: an internal secret' })
    client.destroy()
  })

  it('another request writes to a stream, and ends it', async () => {
    const name = subject.name()
    const client = await subject.stream('/stream', { name, heartbeat: 0 })
    for (const count of [1, 2, 3]) {
      expect(await subject.post('/poke', { name })).toBe(true)
      await client.until(`event ${count}`, () => client.events.length === count)
    }
    expect(await subject.post('/finish', { name })).toBe(true)
    await client.until('the end of the body', () => client.bodyDone)
    expect(await subject.closed(name)).toMatchObject({ reason: 'ended', events: 3 })
    client.destroy()
  })

  // Bun ends a quiet response after 10 s, a Worker with nothing pending at once; intermediaries take about a minute.
  const quietFor = 31_000

  it('a stream that is silent for 30 s is alive', async () => {
    const name = subject.name()
    const client = await subject.stream('/stream', { name, heartbeat: 0 })
    const before = client.bodyBytes
    await expect(
      client.until('the end of the silence', () => client.fate !== 'open' || client.bodyDone, quietFor),
    ).rejects.toThrow(/in vain/)
    expect(client.bodyBytes).toBe(before)
    expect(await subject.post('/poke', { name })).toBe(true)
    await client.until('a word after the silence', () => client.events.length === 1)
    client.rst()
  })

  it('a stream with nothing but default heartbeats is alive after 30 s', async () => {
    const topic = subject.name()
    const client = await subject.stream('/events', { topic, name: topic })
    const opening = client.comments.length
    await expect(client.until('an end', () => client.fate !== 'open' || client.bodyDone, quietFor)).rejects.toThrow(
      /in vain/,
    )
    // The longest default is the 25 s of Cloudflare Workers.
    await client.until('a heartbeat', () => client.comments.length > opening)
    await subject.publish(topic, 1, 10)
    await client.until('the event', () => client.events.length === 1)
    client.rst()
  })
}
