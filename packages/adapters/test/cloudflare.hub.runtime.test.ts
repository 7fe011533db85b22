import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, numbered } from './cloudflare/client.ts'
import { type Harness, startWorker } from './cloudflare/harness.ts'

let server: Harness
beforeAll(async () => {
  server = await startWorker()
})
afterAll(() => server.harness.close())

describe.concurrent('a hub over Durable Objects, in workerd', () => {
  it('answers with an event stream that opens at once', async () => {
    const client = await server.stream({ topic: server.name() })
    expect(client.response.headers.get('content-type')).toBe('text/event-stream')
    await eventually('the first hint and position', () => client.lastEventId !== '')
    expect(client.comments[0]).toMatch(/^hint heartbeat=25000 /)
    expect(client.lastEventId).toMatch(/^c1~/)
  })

  it('merges several topics, each event with the position in all of them', async () => {
    const [a, b] = [server.name(), server.name()]
    const client = await server.stream({ topic: [a, b] })
    await server.publish(a, ['1'])
    await server.publish(b, ['2'])
    await server.publish(a, ['3'])
    await eventually('all events', () => client.events.length === 3)
    expect(client.texts).toEqual(['1', '2', '3'])
    const resumed = await server.stream({ topic: [a, b] }, { 'last-event-id': client.events[0]!.id })
    await eventually('the rest', () => resumed.events.length === 2)
    expect(resumed.texts.toSorted()).toEqual(['2', '3'])
  })

  it('gives 200 clients of one topic every event, and counts them', async () => {
    const topic = server.name()
    const clients = await Promise.all(numbered(200).map(() => server.stream({ topic, heartbeat: 500 })))
    expect(await server.count(topic)).toBe(200)
    for (const text of numbered(20)) await server.publish(topic, [text])
    await eventually('all events everywhere', () => clients.every(({ events }) => events.length >= 20))
    for (const { texts } of clients) expect(texts).toEqual(numbered(20))
    // workerd finds out when it writes: each heartbeat at the latest.
    for (const client of clients) client.leave()
    await eventually('that all have left', async () => (await server.count(topic)) === 0)
  })

  it('stores a key once, and says so', async () => {
    const topic = server.name()
    const first = await server.publish(topic, ['1'], { key: 'k' })
    expect(await server.publish(topic, ['again'], { key: 'k' })).toEqual({ ...first, duplicate: true })
  })

  it('stops what a Worker runs, whichever request asks for it: readers get what there is and a clean end', async () => {
    const topic = server.name()
    const client = await server.stream({ topic })
    const running = server.ask('/run', { topic }, { words: numbered(1_000), every: 20 })
    await eventually('some words', () => client.events.length >= 3)
    await server.ask('/stop', { topic })
    await eventually('the end', () => client.closed)
    const written = client.texts.length
    expect(await running).toEqual({ outcome: 'stopped', written, end: 'done' })
    expect([client.comments.at(-1), await server.ask('/status', { topic })]).toEqual(['hint end=done', 'ended'])
    expect(client.texts).toEqual(numbered(client.texts.length))
    expect(client.texts.length).toBeLessThan(1_000)
  })

  it('lets a Worker run no longer than `linger` without readers, and then says that something is missing', async () => {
    const topic = server.name()
    const result = await server.ask('/run', { topic, linger: 400 }, { words: numbered(1_000), every: 20 })
    expect(result).toMatchObject({ outcome: 'unread', end: 'failed' })
    const late = await server.stream({ topic, lastEventId: 'earliest' })
    await eventually('the end', () => late.closed)
    expect(late.comments.at(-1)).toBe('hint end=failed')
  })

  it('begins with all that a run has written for who brings no id, in either mode, and reads a page of it', async () => {
    const topic = server.name()
    const running = server.ask('/run', { topic }, { words: numbered(10), every: 50 })
    const hasBegun = async (): Promise<boolean> =>
      ['running', 'ended'].includes((await server.ask('/status', { topic })) as string)
    await eventually('that it has begun', hasBegun)
    const clients = [await server.stream({ topic }), await server.stream({ topic, direct: 1 })]
    await running
    await eventually('the end', () => clients.every(({ closed }) => closed))
    for (const client of clients) expect(client.texts).toEqual(numbered(10))
    const page = (await server.ask('/read', { topic, limit: 3 })) as { events: { data: string }[]; more: boolean }
    expect([page.events.map(({ data }) => data), page.more]).toEqual([numbered(3), true])
    const last = await server.stream({ topic, lastEventId: 'last' })
    await eventually('the last one', () => last.closed)
    expect(last.texts).toEqual(numbered(10).slice(-1))
  })

  it('ends a topic: readers get the rest and the end, later ones the history, who has it all 204', async () => {
    const topic = server.name()
    const client = await server.stream({ topic })
    await server.publish(topic, ['1'])
    await server.ask('/end', { topic })
    await eventually('the end', () => client.closed)
    expect([client.texts, client.comments.at(-1)]).toEqual([['1'], 'hint end=done'])
    const late = await server.stream({ topic })
    await eventually('the end again', () => late.closed)
    expect(late.texts).toEqual(['1'])
    expect((await server.stream({ topic }, { 'last-event-id': client.lastEventId })).response.status).toBe(204)
  })

  it('announces what history has no more', async () => {
    const topic = server.name()
    const first = await server.publish(topic, ['0'], { binding: 'TIGHT' })
    for (const text of numbered(100)) await server.publish(topic, [text], { binding: 'TIGHT' })
    const client = await server.stream({ topic, binding: 'TIGHT' }, { 'last-event-id': first.id })
    await eventually('the newest', () => client.texts.at(-1) === '100')
    expect(client.events[0]!.event).toBe('gap')
    expect(client.events[0]!.json()).toMatchObject({ reason: 'trimmed', topics: [topic] })
    expect(client.events.length).toBeGreaterThan(20)
  })

  it('closes streams by topic and by identity, in whichever request they are', async () => {
    const [a, b] = [server.name(), server.name()]
    const [ann, bob] = [`ann ${a}`, `bob ${a}`]
    const annA = await server.stream({ topic: a, identity: ann })
    const bobA = await server.stream({ topic: a, identity: bob })
    const bobB = await server.stream({ topic: b, identity: bob })
    const nobody = await server.stream({ topic: b })
    expect(await server.ask('/disconnect', { topic: a, identity: ann })).toBe(1)
    await eventually('that one is closed', () => annA.closed)
    expect([bobA.closed, bobB.closed, nobody.closed]).toEqual([false, false, false])
    expect(await server.ask('/disconnect', { identity: bob })).toBe(2)
    await eventually('that both are closed', () => bobA.closed && bobB.closed)
    expect(await server.ask('/disconnect', { topic: b })).toBe(1)
    await eventually('that all are closed', () => nobody.closed)
    expect(await server.ask('/disconnect', {})).toBe(0)
  })

  it('refuses an identity that cannot be kept with a subscriber, and the others notice nothing', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, identity: 'i'.repeat(1_024) })
    for (const more of [{}, { direct: 1 }]) {
      const refused = server.ask('/events', { topic, identity: 'i'.repeat(16_384), ...more })
      await expect(refused).rejects.toThrow('RangeError')
    }
    await server.publish(topic, ['1'])
    await eventually('the event', () => client.texts.includes('1'))
    expect(await server.count(topic)).toBe(1)
  })

  it('knows a connection by its name in another request', async () => {
    const client = await server.stream({ topic: server.name(), ack: 1 })
    await eventually('the name', () => client.comments.length > 0)
    const conn = / conn=(\S+)/.exec(client.comments[0]!)![1]!
    expect(await server.ask('/acknowledge', { conn })).toBe(true)
  })

  it('closes streams at their age, and finds 0 streams left', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, maxAge: 500 })
    await eventually('the end', () => client.closed)
    expect(client.comments.some((text) => text.includes('end='))).toBe(false)
    await eventually('nobody at the object', async () => (await server.count(topic)) === 0)
  })

  it('goes on where a client was when the Worker is restarted', async () => {
    const topic = server.name()
    const own = await startWorker()
    try {
      const client = await own.stream({ topic })
      await own.publish(topic, ['1', '2'])
      await eventually('two events', () => client.events.length === 2)
      await own.harness.update((options) => ({ ...options }))
      await own.listen()
      await eventually('that it was cut', () => client.closed)
      await own.publish(topic, ['3'])
      const resumed = await own.stream({ topic }, { 'last-event-id': client.lastEventId })
      await own.publish(topic, ['4'])
      await eventually('the rest', () => resumed.events.length >= 2)
      expect(resumed.texts).toEqual(['3', '4'])
    } finally {
      await own.harness.close()
    }
  })
})

describe.concurrent('in direct mode', () => {
  it('the object itself writes the stream, with the same ids', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, direct: 1 })
    const fed = await server.stream({ topic })
    await server.publish(topic, ['1', '2'])
    await eventually('both', () => client.events.length === 2 && fed.events.length === 2)
    expect(client.events).toEqual(fed.events)
    const resumed = await server.stream({ topic, direct: 1 }, { 'last-event-id': client.events[0]!.id })
    await eventually('the rest', () => resumed.events.length === 1)
    expect(await server.count(topic)).toBe(3)
  })

  it('an answer has the head, and a refusal the reason, that it has otherwise', async () => {
    const topic = server.name()
    for (const direct of [{}, { direct: 1 }]) {
      const client = await server.stream({
        topic,
        ...direct,
        tag: 'x',
        status: 203,
        expiresAt: 'Infinity',
        maxAge: 'Infinity',
      })
      await server.publish(topic, ['1'])
      await eventually('the event', () => client.texts.includes('1'))
      const { status, headers } = client.response
      expect([status, headers.get('x-tag'), headers.get('content-type')]).toEqual([203, 'x', 'text/event-stream'])
      for (const wrong of [{ topic: 'x'.repeat(2_000) }, { topic, expiresAt: 'NaN' }, { topic, maxAge: -1 }]) {
        await expect(server.ask('/events', { ...wrong, ...direct })).rejects.toThrow(/invalid-topic|RangeError/)
      }
    }
  })

  it('a client that acknowledges is known by its name in another request', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, direct: 1, ack: 1 })
    await eventually('the name', () => client.comments.length > 0)
    const conn = / conn=(\S+)/.exec(client.comments[0]!)![1]!
    // The deadline begins with the first one that arrives.
    await server.ask('/acknowledge', { conn })
    await eventually('that it is closed', () => client.closed)
  })

  it('streams are disconnected, and leave', async () => {
    const topic = server.name()
    const ann = await server.stream({ topic, direct: 1, identity: 'ann' })
    const other = await server.stream({ topic, direct: 1, heartbeat: 500 })
    const identity = server.name()
    const own = await server.stream({ topic, direct: 1, identity })
    expect(await server.ask('/disconnect', { topic, identity: 'ann', direct: 1 })).toBe(1)
    expect(await server.ask('/disconnect', { identity, direct: 1 })).toBe(1)
    await eventually('that they are closed', () => ann.closed && own.closed)
    other.leave()
    await eventually('that it has left', async () => (await server.count(topic)) === 0)
    const left = await server.stream({ topic, direct: 1 })
    expect(await server.ask('/disconnect', { topic, direct: 1 })).toBe(1)
    await eventually('that it is closed', () => left.closed)
  })

  it('nothing that a client sends passes for the Worker', async () => {
    const topic = server.name()
    const forged = encodeURIComponent(JSON.stringify({ topic: 'other', identity: 'admin' }))
    const client = await server.stream({ topic, direct: 1 }, { 'holdfast-direct': forged })
    await server.publish(topic, ['1'])
    await eventually('the event', () => client.texts.includes('1'))
  })
})
