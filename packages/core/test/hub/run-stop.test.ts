import { describe, expect, it } from 'vitest'
import { HubClosedError } from '../../src/hub/errors.ts'
import { openFleet, type Process } from '../support/fleet.ts'
import { follow, openHub } from '../support/hub.ts'
import { steered } from '../support/steered.ts'

describe('stop', () => {
  it('stops a run at another hub: readers get what there is, and a clean end', async () => {
    const { environment, processes } = openFleet(2)
    const [a, b] = processes as [Process, Process]
    const { source, ...steer } = steered()
    const running = a.hub.run('answer', source)
    const client = await follow(b, ['answer'])
    steer.yield('one')
    await environment.settle()
    await b.hub.stop('answer')
    await environment.settle()
    expect(await running).toEqual({ outcome: 'stopped', written: 1, end: 'done' })
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([['one'], { end: 'done' }])
    steer.yield('too late')
    await environment.settle()
    expect([steer.returned(), await b.hub.status('answer')]).toEqual([true, 'ended'])
    expect(environment.timers).toBe(0)
  })

  it('ends what a dead producer has left after a lease, and a zombie takes it for its own stop', async () => {
    const { environment, processes } = openFleet(2)
    const [a, b] = processes as [Process, Process]
    const { source, ...steer } = steered()
    const running = a.hub.run('answer', source, { lease: 3_000 })
    steer.yield('one')
    await environment.settle()
    a.line.hold()
    let stopped = false
    void b.hub.stop('answer').then(() => (stopped = true))
    await environment.advance(2_900)
    expect(stopped).toBe(false)
    await environment.advance(200)
    expect([stopped, await b.hub.status('answer')]).toEqual([true, 'ended'])
    a.line.letGo()
    await environment.settle()
    expect(await running).toEqual({ outcome: 'stopped', written: 1, end: 'done' })
  })

  it('does nothing where nothing runs', async () => {
    const { hub } = openHub()
    await hub.stop('never')
    await hub.publish('t', { data: 1 })
    await hub.stop('t')
    expect([await hub.status('never'), await hub.status('t')]).toEqual(['unknown', 'open'])
    expect((await hub.read('t')).events).toHaveLength(1)
  })

  it('concerns the run that goes on, not the next one', async () => {
    const { hub, environment } = openHub()
    const first = hub.run('t', steered().source)
    await environment.settle()
    await Promise.all([hub.stop('t'), environment.settle()])
    await first
    const next = steered()
    void hub.run('t', next.source)
    await environment.advance(10_000)
    expect([next.returned(), await hub.status('t')]).toEqual([false, 'running'])
  })
})

describe('the signal of a run', () => {
  it('ends the waiting of one who would go on, and leaves the run alone', async () => {
    const { environment, processes } = openFleet(2)
    const [a, b] = processes as [Process, Process]
    void a.hub.run('t', steered().source, { key: 'k' })
    await environment.settle()
    const leave = new AbortController()
    const waiting = b.hub.run('t', () => steered().source, { key: 'k', signal: leave.signal })
    await environment.settle()
    leave.abort()
    expect(await waiting).toEqual({ outcome: 'elsewhere', written: 0, end: undefined })
    expect(await a.hub.status('t')).toBe('running')
  })
})

describe('the hub that closes', () => {
  it('rejects its runs and leaves their topics to others', async () => {
    const { environment, processes } = openFleet(2)
    const [a, b] = processes as [Process, Process]
    const running = a.hub.run('t', steered().source, { key: 'k' }).catch((error: unknown) => error)
    await environment.settle()
    const waiting = b.hub.run('t', ({ written }) => said(`after ${written}`), { key: 'k' })
    await environment.settle()
    await a.hub.close()
    expect(await running).toBeInstanceOf(HubClosedError)
    await environment.advance(11_000)
    expect(await waiting).toEqual({ outcome: 'produced', written: 1, end: 'done' })
  })

  it('rejects who waits or stops', async () => {
    const { environment, processes } = openFleet(2)
    const [a, b] = processes as [Process, Process]
    void a.hub.run('t', steered().source, { key: 'k' })
    await environment.settle()
    a.line.hold()
    const both = Promise.allSettled([b.hub.run('t', () => said('x'), { key: 'k' }), b.hub.stop('t')])
    await environment.settle()
    await b.hub.close()
    const rejected = { status: 'rejected', reason: new HubClosedError() }
    expect(await both).toEqual([rejected, rejected])
  })
})

describe('status', () => {
  it('tells how a topic stands', async () => {
    const { hub, environment } = openHub()
    const { source, ...steer } = steered()
    expect(await hub.status('t')).toBe('unknown')
    await hub.publish('t', { data: 'before' })
    expect(await hub.status('t')).toBe('open')
    const running = hub.run('t', source).catch(() => {})
    await environment.settle()
    expect(await hub.status('t')).toBe('running')
    await hub.publish('t', { data: 'meanwhile' })
    expect(await hub.status('t')).toBe('running')
    steer.fail(new Error('no more'))
    await running
    expect(await hub.status('t')).toBe('failed')
    await hub.publish('t', { data: 'again' })
    expect(await hub.status('t')).toBe('open')
    await hub.end('t')
    expect(await hub.status('t')).toBe('ended')
    await environment.advance(700_000)
    expect(await hub.status('t')).toBe('unknown')
  })
})

describe('run', () => {
  it.each([NaN, -1, Infinity])('refuses a lease of %s', async (lease) => {
    await expect(openHub().hub.run('t', said('x'), { lease })).rejects.toThrow(RangeError)
  })

  it('lets two runs of one topic be two, one after the other', async () => {
    const { hub } = openHub()
    for (const [key, word] of [
      ['k', 'one'],
      ['l', 'two'],
      ['k', 'three'],
    ] as const) {
      await hub.run('t', said(word), { key })
    }
    expect((await hub.read('t')).events.map(({ data }) => data)).toEqual(['one', 'two'])
  })
})

async function* said(word: string): AsyncGenerator<string> {
  yield word
}
