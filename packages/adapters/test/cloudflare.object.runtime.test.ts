import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, numbered, type StreamClient } from './cloudflare/client.ts'
import { type Harness, startWorker } from './cloudflare/harness.ts'

let server: Harness
beforeAll(async () => {
  server = await startWorker()
})
afterAll(() => server.harness.close())

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function stored(topic: string, binding: string): Promise<{ rows: number; tables: string[]; running: boolean }> {
  return (await server.ask('/object', { topic, binding, method: 'stored' })) as {
    rows: number
    tables: string[]
    running: boolean
  }
}

describe.concurrent('an object leaves memory and comes back', () => {
  it('while a client stays connected: the next event arrives, and the history is there', async () => {
    const topic = server.name()
    const client = await server.stream({ topic })
    await server.publish(topic, ['1'])
    const before = await server.instance(topic)
    await server.worker.evictDurableObject('RoomyObject', { name: topic, webSockets: 'hibernate' })
    await server.publish(topic, ['2'])
    await eventually('both events', () => client.events.length >= 2)
    expect([client.texts, client.closed]).toEqual([['1', '2'], false])
    expect((await server.instance(topic)).id).not.toBe(before.id)
    const late = await server.stream({ topic, lastEventId: 'earliest' })
    await eventually('the history', () => late.events.length >= 2)
    expect(late.texts).toEqual(['1', '2'])
  })

  it('its memory of what each subscriber was sent is in the attachments', async () => {
    const topic = server.name()
    await server.stream({ topic })
    await server.publish(topic, ['1', '2', '3'])
    await eventually('the position', async () => {
      const [seat] = (await server.ask('/object', { topic, method: 'attachments' })) as { offset: number }[]
      return seat?.offset === 3
    })
  })

  it('by itself after some quiet with a client connected, but not under a direct stream', async () => {
    const [fed, direct] = [server.name(), server.name()]
    const clients = [await server.stream({ topic: fed }), await server.stream({ topic: direct, direct: 1 })]
    const before = [await server.instance(fed), await server.instance(direct)]
    await pause(13_000)
    const after = [await server.instance(fed), await server.instance(direct)]
    expect([after[0]!.id === before[0]!.id, after[1]!.id === before[1]!.id]).toEqual([false, true])
    for (const topic of [fed, direct]) await server.publish(topic, ['still there'])
    await eventually('the events', () => clients.every(({ texts }) => texts.includes('still there')))
  })

  it('a sign of life renews the lease and does not wake it', async () => {
    const topic = server.name()
    const client = await server.stream({ topic })
    await server.worker.evictDurableObject('RoomyObject', { name: topic, webSockets: 'hibernate' })
    await pause(27_000)
    const asked = Date.now()
    expect((await server.instance(topic)).since).toBeGreaterThanOrEqual(asked - 1_000)
    expect([client.closed, await server.count(topic)]).toEqual([false, 1])
  })
})

describe.concurrent('a subscriber that cannot be served', () => {
  it('is closed, and the others get theirs', async () => {
    const topic = server.name()
    const clients = [await server.stream({ topic }), await server.stream({ topic }), await server.stream({ topic })]
    await server.ask('/object', { topic, method: 'spoilFirst' })
    await server.worker.evictDurableObject('RoomyObject', { name: topic, webSockets: 'hibernate' })
    await server.publish(topic, ['1'])
    await eventually('the event', () => clients.every(({ texts }) => texts.includes('1')))
    expect(clients.some(({ closed }) => closed)).toBe(false)
  })
})

describe.concurrent('a lease', () => {
  it('ends for a Worker that is silent: it no longer counts, and one that was only slow comes back and misses nothing', async () => {
    const topic = server.name()
    const client = await server.stream({ topic })
    expect(await server.count(topic)).toBe(1)
    await server.ask('/object', { topic, method: 'forgetSignsOfLife' })
    await server.worker.evictDurableObject('RoomyObject', { name: topic, webSockets: 'hibernate' })
    expect(await server.count(topic)).toBe(0)
    await server.publish(topic, ['1'])
    await eventually('what was published meanwhile', () => client.events.length === 1)
    await eventually('that it counts again', async () => (await server.count(topic)) === 1)
    expect([client.texts, client.closed]).toEqual([['1'], false])
  })
})

describe.concurrent('an object crashes', () => {
  it('in the middle of a stream: 0 lost, 0 repeated', async () => {
    const topic = server.name()
    const clients = await Promise.all(numbered(3).map(() => server.stream({ topic })))
    const count = 120
    for (const text of numbered(count)) {
      if (Number(text) % 40 === 20) await server.ask('/object', { topic, method: 'crash' }).catch(() => {})
      // A publisher that was told of a failure tries again with its key.
      await eventually('the publication', () =>
        server.publish(topic, [text], { key: text }).then(
          () => true,
          () => false,
        ),
      )
    }
    await eventually('the last event', () => clients.every(({ texts }) => texts.at(-1) === String(count)))
    for (const { texts, closed } of clients) expect([texts, closed]).toEqual([numbered(count), false])
  })
})

describe.concurrent('an object produces', () => {
  const binding = 'ANSWERS'
  const done = (client: StreamClient): boolean => client.comments.at(-1) === 'hint end=done'

  it('on when its reader has left, who comes back to all of it', async () => {
    const topic = server.name()
    expect(await server.ask('/produce', { topic, binding, key: 'q' }, { words: numbered(40), every: 30 })).toBe(true)
    const first = await server.stream({ topic, binding, lastEventId: 'earliest' })
    await eventually('some words', () => first.events.length >= 5)
    first.leave()
    await pause(300)
    const seen = first.texts.length
    const back = await server.stream({ topic, binding }, { 'last-event-id': first.lastEventId })
    await eventually('the end', () => done(back))
    expect([...first.texts.slice(0, seen), ...back.texts]).toEqual(numbered(40))
    expect(await server.ask('/produce', { topic, binding, key: 'q' }, { words: ['again'], every: 1 })).toBe(false)
  })

  it('until it is stopped: the topic ends as done', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, binding })
    await server.ask('/produce', { topic, binding }, { words: numbered(1_000), every: 20 })
    await eventually('some words', () => client.events.length >= 3)
    await server.ask('/stop', { topic, binding })
    await eventually('the end', () => client.closed)
    expect([done(client), client.events.length < 1_000]).toEqual([true, true])
    await eventually('that it is over', async () => !(await stored(topic, binding)).running)
    await server.ask('/stop', { topic, binding })
  })

  it('on after a crash, where it was', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, binding })
    await server.ask('/produce', { topic, binding }, { words: numbered(60), every: 25 })
    await eventually('some words', () => client.events.length >= 10)
    await server.ask('/object', { topic, binding, method: 'crash' }).catch(() => {})
    await eventually('the end', () => done(client))
    expect(client.texts).toEqual(numbered(60))
  })

  it('to one end: that it is over is stored with it, whenever the object crashes', async () => {
    const topic = server.name()
    const slow = 'SLOW'
    await server.ask('/produce', { topic, binding: slow }, { words: ['all'], every: 1 })
    // The end is stored, and will be sent in a minute.
    await eventually('the end', async () => (await stored(topic, slow)).rows === 3)
    await server.ask('/object', { topic, binding: slow, method: 'crash' }).catch(() => {})
    const late = await server.stream({ topic, binding: slow, lastEventId: 'earliest' })
    await eventually('the end', () => late.closed)
    expect([late.texts, done(late)]).toEqual([['all'], true])
  })

  it('no longer than `linger` without readers, and then says that something is missing', async () => {
    const topic = server.name()
    await server.ask('/produce', { topic, binding: 'FORSAKEN' }, { words: numbered(10_000), every: 20 })
    await eventually('that it is over', async () => !(await stored(topic, 'FORSAKEN')).running)
    const late = await server.stream({ topic, binding: 'FORSAKEN', lastEventId: 'earliest' })
    await eventually('the end', () => late.closed)
    expect(late.comments.at(-1)).toBe('hint end=failed')
  })

  it('and counts its interruptions, also those before its first event', async () => {
    const topic = server.name()
    const patient = 'PATIENT'
    await server.ask('/produce', { topic, binding: patient }, { words: [], every: 0 })
    for (const _ of numbered(2))
      await server.ask('/object', { topic, binding: patient, method: 'crash' }).catch(() => {})
    const client = await server.stream({ topic, binding: patient, lastEventId: 'earliest' })
    await eventually('the end', () => done(client))
    expect(client.texts).toEqual(['2'])
  })

  it('few rows of many words', async () => {
    const topic = server.name()
    const client = await server.stream({ topic, binding })
    await server.ask('/produce', { topic, binding }, { words: numbered(200), every: 2 })
    await eventually('the end', () => done(client))
    const { rows } = await stored(topic, binding)
    expect([client.texts.length, rows < 60]).toEqual([200, true])
  })
})

describe.concurrent('an alarm', () => {
  it('drops old history, then gives the storage back; what comes next has another epoch', async () => {
    const topic = server.name()
    const binding = 'FLEETING'
    let first: unknown
    // On a busy machine an event may be old before it is asked for.
    await eventually('an event that is kept', async () => {
      first = await server.publish(topic, ['1'], { binding })
      return (await stored(topic, binding)).rows > 0
    })
    await eventually('that the event is dropped', async () => (await stored(topic, binding)).rows === 0)
    await eventually(
      'that the topic is forgotten',
      async () => !(await stored(topic, binding)).tables.includes('holdfast_log'),
    )
    const next = (await server.publish(topic, ['2'], { binding })) as unknown as {
      position: { epoch: number; offset: number }
    }
    expect(next.position.offset).toBe(1)
    expect(next.position.epoch).toBeGreaterThan((first as typeof next).position.epoch)
  })

  it('forgets nothing that somebody reads, whoever has come and gone', async () => {
    const topic = server.name()
    const binding = 'FLEETING'
    const clients = [await server.stream({ topic, binding }), await server.stream({ topic, binding, heartbeat: 500 })]
    await server.ask('/object', { topic, binding, method: 'cutOneAndPublish' })
    await eventually('that it is back', async () => (await server.count(topic, binding)) === 2)
    clients.pop()!.leave()
    await eventually('that one is left', async () => (await server.count(topic, binding)) === 1)
    await eventually('that the events are dropped', async () => (await stored(topic, binding)).rows === 0)
    await pause(3_000)
    await server.publish(topic, ['last'], { binding })
    await eventually('the last', () => clients[0]!.texts.at(-1) === 'last')
    expect(clients[0]!.texts).toEqual(['cut', 'last'])
  })

  it('does not make a client believe that it missed something', async () => {
    const topic = server.name()
    const binding = 'FLEETING'
    const client = await server.stream({ topic, binding })
    await server.publish(topic, ['1'], { binding })
    await pause(4_000)
    await server.publish(topic, ['2'], { binding })
    await eventually('both', () => client.events.length >= 2)
    expect(client.texts).toEqual(['1', '2'])
  })
})
