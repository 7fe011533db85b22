import { describe, expect, it } from 'vitest'
import { follow, type HubScene, openHub } from '../support/hub.ts'
import type { Client } from '../support/client.ts'
import { get } from '../support/open.ts'

const accept = 'text/event-stream;holdfast=1'

function poll(scene: HubScene, lastEventId = '', query = '', headers: HeadersInit = { accept }): Promise<Client> {
  const init = {
    headers: { ...Object.fromEntries(new Headers(headers)), ...(lastEventId && { 'last-event-id': lastEventId }) },
  }
  return follow(scene, ['a'], { request: get(init, `?mode=poll${query}`) })
}

async function publish({ hub, environment }: HubScene, ...data: unknown[]): Promise<string> {
  const { id } = await hub.publish(
    'a',
    data.map((each) => ({ data: each })),
  )
  await environment.settle()
  return id
}

describe('an answer to mode=poll', () => {
  it('tells who brings no id where it is, and ends', async () => {
    const scene = openHub()
    const id = await publish(scene, 1)
    const client = await poll(scene)
    expect([client.ended, client.parsed.lastEventId, client.parsed.events]).toEqual([true, id, []])
    expect(scene.closes).toMatchObject([{ reason: 'polled' }])
    expect([scene.environment.timers, scene.hub.stats().topics]).toEqual([0, 0])
  })

  it('brings what is new, with the ids of any stream, and ends at once', async () => {
    const scene = openHub()
    const from = await publish(scene, 1)
    const to = await publish(scene, 2, 3)
    const client = await poll(scene, from)
    expect(client.parsed.events.map(({ data }) => data)).toEqual(['2', '3'])
    expect([client.ended, client.parsed.lastEventId]).toEqual([true, to])
    expect(client.text).not.toContain('end=')
  })

  it('waits where there is nothing new, and ends with the first that comes', async () => {
    const scene = openHub()
    const from = await publish(scene, 1)
    const client = await poll(scene, from)
    await scene.environment.advance(5_000)
    expect(client.ended).toBe(false)
    await publish(scene, 2, 3)
    expect(client.parsed.events.map(({ data }) => data)).toEqual(['2', '3'])
    expect([client.ended, scene.environment.timers]).toEqual([true, 0])
  })

  it.each([
    ['', 20_000],
    ['&wait=3000', 3_000],
    ['&wait=600000', 25_000],
    ['&wait=-1', 20_000],
    ['&wait=x', 20_000],
  ])('waits no longer than it should: "%s"', async (query, wait) => {
    const scene = openHub()
    const client = await poll(scene, await publish(scene, 1), query)
    await scene.environment.advance(wait - 100)
    expect(client.ended).toBe(false)
    await scene.environment.advance(200)
    expect([client.ended, client.error]).toEqual([true, undefined])
    expect(client.text).not.toContain('end=')
    expect(scene.environment.timers).toBe(0)
  })

  it('does not wait with wait=0', async () => {
    const scene = openHub()
    const client = await poll(scene, await publish(scene, 1), '&wait=0')
    expect([client.ended, client.parsed.events]).toEqual([true, []])
  })

  it('is kept by nobody, is not changed by anybody, and has native clients come back soon', async () => {
    const scene = openHub()
    const response = await scene.hub.respond(get({}, '?mode=poll&wait=0'), { topics: ['a'] })
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toContain('retry: 100\n')
    const own = await poll(scene, '', '&wait=0')
    expect(own.parsed.retry).toBe(undefined)
  })

  it('reads a long history to its end, and tells of a gap', async () => {
    const scene = openHub()
    const from = await publish(scene, 0)
    for (let turn = 1; turn <= 50; turn++) await publish(scene, turn)
    const client = await poll(scene, from)
    expect(client.parsed.events).toHaveLength(50)
    const lost = await poll(scene, 'somebody-elses')
    expect(lost.parsed.events.map(({ event }) => event)).toEqual(['gap'])
    expect(lost.ended).toBe(true)
  })

  it('says that a topic has ended, and then that there is nothing', async () => {
    const scene = openHub()
    const from = await publish(scene, 1)
    const waiting = await poll(scene, from)
    await scene.hub.end('a')
    await scene.environment.settle()
    expect([waiting.ended, waiting.parsed.hints.at(-1)]).toEqual([true, { end: 'done' }])
    const later = await scene.hub.respond(
      get({ headers: { accept, 'last-event-id': waiting.parsed.lastEventId } }, '?mode=poll'),
      { topics: ['a'] },
    )
    expect(later.status).toBe(204)
  })

  it('is refused like a stream, and ends early where the hub drains', async () => {
    const scene = openHub({ maxSubscribers: 1 })
    const client = await poll(scene, await publish(scene, 1))
    const refused = await scene.hub.respond(get({ headers: { accept } }, '?mode=poll'), { topics: ['a'] })
    expect(refused.status).toBe(503)
    const drained = scene.hub.drain({ within: 10_000 })
    await scene.environment.advance(8_100)
    expect(client.ended).toBe(true)
    await drained
  })
})
