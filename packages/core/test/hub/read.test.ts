import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'
import { steered } from '../support/steered.ts'

const dataOf = ({ events }: { events: { data: string }[] }): string[] => events.map(({ data }) => data)

describe('read', () => {
  it('reads page after page, without marks, and returns', async () => {
    const { hub } = openHub()
    await hub.run('t', words('one', 'two', 'three'))
    const first = await hub.read('t', { limit: 2 })
    expect([dataOf(first), first.more, first.gap]).toEqual([['one', 'two'], true, undefined])
    expect(first.lastEventId).toBe(first.events[1]?.id)
    const second = await hub.read('t', { after: first.lastEventId, limit: 2 })
    expect([dataOf(second), second.more]).toEqual([['three'], false])
    const third = await hub.read('t', { after: second.lastEventId })
    expect([dataOf(third), third.more, third.lastEventId]).toEqual([[], false, second.lastEventId])
    expect(second.events[0]).toMatchObject({ topic: 't', event: 'message' })
  })

  it('keeps the names that a run gives its events', async () => {
    const { hub } = openHub()
    async function* source(): AsyncGenerator<{ event: string; data: unknown }> {
      yield { event: 'word', data: { text: 'one' } }
    }
    await hub.run('t', source())
    const [event] = (await hub.read('t')).events
    expect([event?.event, event?.json()]).toEqual(['word', { text: 'one' }])
    const client = await follow(openHubWith(hub), ['t'])
    expect(client.text).toContain('event: word\n')
    expect(client.text).not.toMatch(/^event: message|\d \d/m)
  })

  it('says what it cannot read', async () => {
    const environment = new FakeEnvironment()
    const { hub } = openHub({ broker: new MemoryBroker({ maxEvents: 2 }, environment) }, environment)
    const { id } = await hub.publish('t', { data: 1 })
    await hub.publish('t', [{ data: 2 }, { data: 3 }, { data: 4 }])
    expect(await hub.read('t', { after: id })).toMatchObject({ gap: 'trimmed', more: false })
    expect(await hub.read('t', { after: 'no id of ours' })).toMatchObject({ gap: 'unknown-id' })
    expect(await hub.read('t')).not.toHaveProperty('gap')
    expect(dataOf(await hub.read('t', { after: id }))).toEqual(['3', '4'])
    const { lastEventId, events } = await hub.read('never')
    expect([events, lastEventId]).toEqual([[], expect.stringMatching(/^c1~/)])
  })

  it.each([0, 1.5, 1_001, NaN])('refuses a limit of %s', async (limit) => {
    await expect(openHub().hub.read('t', { limit })).rejects.toThrow(RangeError)
  })

  it('is cut by its signal, also while the broker does not answer', async () => {
    const silent = new MemoryBroker({}, new FakeEnvironment())
    silent.read = () => new Promise(() => {})
    const { hub } = openHub({ broker: silent })
    const cut = new AbortController()
    const reading = hub.read('t', { signal: cut.signal })
    cut.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })
})

describe('where a reader begins that brings no id', () => {
  it('is the beginning of what a run makes, running or over', async () => {
    const scene = openHub()
    const { source, ...steer } = steered()
    await scene.hub.publish('chat', { data: 'old' })
    const running = scene.hub.run('answer', source)
    for (const word of ['one', 'two']) steer.yield(word)
    await scene.environment.settle()
    const early = await follow(scene, ['answer', 'chat'])
    steer.yield('three')
    steer.end()
    await running
    const late = await follow(scene, ['answer', 'chat'])
    expect([early.data, late.data]).toEqual([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ])
    const loop: string[] = []
    for await (const { data } of scene.hub.subscribe(['answer'])) loop.push(data)
    expect(loop).toEqual(['one', 'two', 'three'])
  })

  it('is where `start` says', async () => {
    const scene = openHub()
    await scene.hub.publish('t', [{ data: 1 }, { data: 2 }])
    const clients = []
    for (const start of ['now', 'last', 'earliest'] as const) clients.push(await follow(scene, ['t'], { start }))
    await scene.hub.publish('t', { data: 3 })
    await scene.environment.settle()
    expect(clients.map(({ data }) => data)).toEqual([['3'], ['2', '3'], ['1', '2', '3']])
  })

  it('is nothing but what comes for who says so, of what has ended not even that', async () => {
    const scene = openHub()
    await scene.hub.run('t', words('one'))
    const response = await scene.hub.respond(get(), { topics: ['t'], start: 'now' })
    expect(response.status).toBe(204)
  })
})

describe('lastEventId=last', () => {
  it('gives the newest event of each topic that has one, and what follows', async () => {
    const scene = openHub()
    await scene.hub.publish('a', [{ data: 'a1' }, { data: 'a2' }])
    await scene.hub.publish('b', { data: 'b1' })
    const request = new Request('http://hub.test/?lastEventId=last')
    const client = await follow(scene, ['a', 'b', 'c'], { request })
    await scene.hub.publish('c', { data: 'c1' })
    await scene.environment.settle()
    expect(client.data.sort()).toEqual(['a2', 'b1', 'c1'])
  })

  it('looks behind marks, however many', async () => {
    const scene = openHub()
    const { source, ...steer } = steered()
    void scene.hub.run('t', source, { lease: 300 })
    for (const word of ['one', 'two']) steer.yield(word)
    await scene.environment.advance(25_000)
    const seen: string[] = []
    const leave = new AbortController()
    const reading = (async () => {
      for await (const { data } of scene.hub.subscribe(['t'], { lastEventId: 'last', signal: leave.signal }))
        seen.push(data)
    })()
    await scene.environment.settle()
    leave.abort()
    await reading
    expect(seen).toEqual(['two'])
  })

  it('is reserved in the query alone, and no start for who brings an id', async () => {
    const scene = openHub()
    await scene.hub.publish('t', [{ data: 1 }, { data: 2 }])
    const request = get({ headers: { 'last-event-id': 'last' } })
    const client = await follow(scene, ['t'], { request, start: 'earliest' })
    expect(client.data.map((text) => (JSON.parse(text) as { reason?: string }).reason)).toEqual(['unknown-id'])
  })
})

/** The same hub, to be followed. */
function openHubWith(hub: ReturnType<typeof openHub>['hub']): ReturnType<typeof openHub> {
  return { ...openHub(), hub }
}

async function* words(...all: string[]): AsyncGenerator<string> {
  yield* all
}
