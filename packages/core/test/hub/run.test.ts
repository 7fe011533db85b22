import { describe, expect, it } from 'vitest'
import { Client } from '../support/client.ts'
import { follow, openHub } from '../support/hub.ts'
import { get } from '../support/open.ts'
import { steered } from '../support/steered.ts'

describe('run', () => {
  it('publishes what its source yields, goes on without readers, and ends the topic', async () => {
    const scene = openHub()
    const { source, ...steer } = steered()
    const running = scene.hub.run('answer', source)
    const first = await follow(scene, ['answer'])
    steer.yield('one')
    await scene.environment.settle()
    await first.cancel()
    steer.yield('two')
    await scene.environment.settle()
    const { lastEventId } = first.parsed
    const second = await follow(scene, ['answer'], { request: get({ headers: { 'last-event-id': lastEventId } }) })
    steer.yield('three')
    steer.end()
    await running
    await scene.environment.settle()
    expect([first.data, second.data]).toEqual([['one'], ['two', 'three']])
    expect([second.ended, second.parsed.hints.at(-1)]).toEqual([true, { end: 'done' }])
    expect(scene.closes.map(({ reason }) => reason)).toEqual(['client-closed', 'ended'])
  })

  it('runs once a key: a second one resolves at once and takes nothing from its source', async () => {
    const scene = openHub()
    const [a, b] = [steered(), steered()]
    const running = scene.hub.run('answer', a.source, { key: 'request-1' })
    await scene.environment.settle()
    const second = await scene.hub.run('answer', b.source, { key: 'request-1' })
    expect(second).toEqual({ outcome: 'elsewhere', written: 0, end: undefined })
    b.yield('never')
    a.yield('only')
    a.end()
    expect(await running).toEqual({ outcome: 'produced', written: 1, end: 'done' })
    const late = await follow(scene, ['answer'])
    expect(late.data).toEqual(['only'])
    const third = await scene.hub.run('answer', () => b.source, { key: 'request-1' })
    expect(third).toEqual({ outcome: 'elsewhere', written: 1, end: 'done' })
  })

  it('joins the characters that its source has cut, one event for each string', async () => {
    const scene = openHub()
    async function* source(): AsyncGenerator<string> {
      yield* ['a\uD83D', '\uDC1Fb', '\uD83D', '\uDC1F', 'c\uD83D']
    }
    expect(await scene.hub.run('answer', source())).toMatchObject({ outcome: 'produced', written: 6 })
    const client = await follow(scene, ['answer'])
    expect(client.data).toEqual(['a', '🐟b', '', '🐟', 'c', '\uFFFD'])
  })

  it('says that its source failed, without saying why', async () => {
    const scene = openHub()
    const { source, fail } = steered()
    const running = scene.hub.run('answer', source)
    const client = await follow(scene, ['answer'])
    fail(new Error('the password is 1234'))
    await expect(running).rejects.toThrow('the password')
    await scene.environment.settle()
    expect(client.parsed.hints.at(-1)).toEqual({ end: 'failed' })
    expect(client.text).not.toContain('password')
  })

  it('is broken off when nobody has read for `linger`', async () => {
    const scene = openHub()
    const { source, ...steer } = steered()
    const running = scene.hub.run('answer', source, { linger: 5_000 })
    const client = await follow(scene, ['answer'])
    await scene.environment.advance(20_000)
    steer.yield('still here')
    await scene.environment.settle()
    expect(client.data).toEqual(['still here'])
    await client.cancel()
    await scene.environment.advance(7_000)
    expect(await running).toEqual({ outcome: 'unread', written: 1, end: 'failed' })
    const late = await follow(scene, ['answer'])
    expect([late.data, late.parsed.hints.at(-1)]).toEqual([['still here'], { end: 'failed' }])
    expect(scene.environment.timers).toBe(0)
  })

  it('is stopped by its signal, which is no failure, and lets its source clean up', async () => {
    const scene = openHub()
    const { source, ...steer } = steered()
    const stop = new AbortController()
    const running = scene.hub.run('answer', source, { signal: stop.signal })
    steer.yield('one')
    await scene.environment.settle()
    const client = await follow(scene, ['answer'])
    stop.abort(new Error('stopped'))
    expect(await running).toEqual({ outcome: 'stopped', written: 1, end: 'done' })
    await scene.environment.settle()
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([['one'], { end: 'done' }])
    steer.yield('too late')
    await scene.environment.settle()
    expect(steer.returned()).toBe(true)
  })
})

describe('end', () => {
  it('lets later readers have the history and the end, and then no content', async () => {
    const scene = openHub()
    await scene.hub.publish('t', [{ data: 1 }, { data: 2 }])
    await scene.hub.end('t')
    const late = await follow(scene, ['t'])
    expect([late.data, late.ended]).toEqual([['1', '2'], true])
    const again = await scene.hub.respond(get({ headers: { 'last-event-id': late.parsed.lastEventId } }), {
      topics: ['t'],
    })
    expect([again.status, again.body]).toEqual([204, null])
    expect([scene.hub.stats().topics, scene.environment.timers]).toEqual([0, 0])
  })

  it('ends a stream only when all its topics have ended', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a', 'b'])
    await scene.hub.end('a')
    await scene.hub.publish('b', { data: 'more' })
    await scene.environment.settle()
    expect([client.ended, client.data]).toEqual([false, ['more']])
    await scene.hub.end('b')
    await scene.environment.settle()
    expect(client.ended).toBe(true)
  })

  it('is over when somebody publishes again', async () => {
    const scene = openHub()
    await scene.hub.publish('t', { data: 'old' })
    await scene.hub.end('t')
    await scene.hub.publish('t', { data: 'new' })
    const client = new Client(await scene.hub.respond(get(), { topics: ['t'] })).follow()
    await scene.hub.publish('t', { data: 'live' })
    await scene.environment.settle()
    expect([client.ended, client.data]).toEqual([false, ['live']])
  })

  it('completes a loop in this process', async () => {
    const scene = openHub()
    await scene.hub.publish('t', { data: 'kept' })
    await scene.hub.end('t')
    const seen: string[] = []
    for await (const { data } of scene.hub.subscribe(['t'])) seen.push(data)
    expect(seen).toEqual(['kept'])
  })
})
