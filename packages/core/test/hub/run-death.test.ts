import { describe, expect, it } from 'vitest'
import type { RunContext } from '../../src/hub/types.ts'
import { openFleet, type Process } from '../support/fleet.ts'
import { follow } from '../support/hub.ts'
import { steered } from '../support/steered.ts'

const words = ['one', 'two', 'three', 'four', 'five', 'six']
const key = 'request-1'

/** A source that can go on: a word a second, and who asked for it after how many. */
function goingOn(process: Process, begun: number[] = []): (context: RunContext) => AsyncGenerator<string> {
  return async function* ({ written }) {
    begun.push(written)
    for (const word of words.slice(written)) {
      await new Promise<void>((resolve) => process.environment.setTimer(resolve, 1_000))
      yield word
    }
  }
}

function fleetOf3(): ReturnType<typeof openFleet> & { a: Process; b: Process; c: Process } {
  const fleet = openFleet(3)
  const [a, b, c] = fleet.processes as [Process, Process, Process]
  return { ...fleet, a, b, c }
}

describe('a run whose process dies', () => {
  it('is taken over by one of those who can go on, and its readers get each word once', async () => {
    const { a, b, c, environment } = fleetOf3()
    void a.hub.run('answer', goingOn(a), { key })
    await environment.advance(2_500)
    const client = await follow(c, ['answer'])
    const begun: number[] = []
    const heirs = [b, c, c].map((each) => each.hub.run('answer', goingOn(each, begun), { key }))
    await environment.advance(1_000)
    a.line.hold()
    await environment.advance(30_000)
    expect(begun).toEqual([3])
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([words, { end: 'done' }])
    const results = await Promise.all(heirs)
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['elsewhere', 'elsewhere', 'produced'])
    expect(results.every(({ written, end }) => written === 6 && end === 'done')).toBe(true)
  })

  it('is taken over within a lease by who comes long after, also when nobody reads', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', goingOn(a), { key })
    await environment.advance(1_500)
    a.line.hold()
    await environment.advance(600_000 / 2)
    const begun: number[] = []
    const heir = b.hub.run('answer', goingOn(b, begun), { key })
    await environment.advance(15_000)
    expect(begun).toEqual([1])
    await environment.advance(15_000)
    expect(await heir).toEqual({ outcome: 'produced', written: 6, end: 'done' })
  })

  it('is taken over also by one who comes when its readers have almost given it up', async () => {
    const { a, b, c, environment } = fleetOf3()
    void a.hub.run('answer', goingOn(a), { key })
    const client = await follow(c, ['answer'])
    await environment.advance(1_500)
    a.line.hold()
    await environment.advance(13_000)
    const heir = b.hub.run('answer', goingOn(b), { key })
    await environment.advance(30_000)
    expect((await heir).outcome).toBe('produced')
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([words, { end: 'done' }])
  })

  it('is taken over by one who came before he could hear that it had begun', async () => {
    const { a, b, c, environment } = fleetOf3()
    b.line.delay = (tell) => void environment.setTimer(tell, 200)
    void a.hub.run('answer', goingOn(a), { key })
    const heir = b.hub.run('answer', goingOn(b), { key })
    await environment.advance(2_500)
    a.line.hold()
    const client = await follow(c, ['answer'])
    await environment.advance(30_000)
    expect(await heir).toEqual({ outcome: 'produced', written: 6, end: 'done' })
    expect(client.data).toEqual(words)
  })

  it('is taken over twice', async () => {
    const { a, b, c, environment } = fleetOf3()
    void a.hub.run('answer', goingOn(a), { key })
    void b.hub.run('answer', goingOn(b), { key })
    const client = await follow(c, ['answer'])
    await environment.advance(1_500)
    a.line.hold()
    await environment.advance(13_000)
    const heir = c.hub.run('answer', goingOn(c), { key })
    b.line.hold()
    await environment.advance(30_000)
    expect(await heir).toEqual({ outcome: 'produced', written: 6, end: 'done' })
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([words, { end: 'done' }])
  })

  it('fails within its lease where nobody goes on, by one mark of several hubs', async () => {
    const { a, b, c, environment } = fleetOf3()
    void a.hub.run('answer', steeredBy('one').source, { key, lease: 6_000 })
    const clients = [await follow(b, ['answer']), await follow(c, ['answer'])]
    await environment.advance(20_000)
    expect(clients.map(({ ended }) => ended)).toEqual([false, false])
    a.line.hold()
    await environment.advance(4_000)
    expect(clients.map(({ ended }) => ended)).toEqual([false, false])
    await environment.advance(2_100)
    expect(clients.map(({ ended }) => ended)).toEqual([true, true])
    expect(clients.map(({ parsed }) => parsed.hints.at(-1))).toEqual([{ end: 'failed' }, { end: 'failed' }])
    expect(await b.hub.status('answer')).toBe('failed')
    const late = await follow(b, ['answer'])
    expect([late.data, late.parsed.hints.at(-1)]).toEqual([['one'], { end: 'failed' }])
    expect(environment.timers).toBe(1)
  })

  it('fails for a reader who comes after its death, a lease later', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', steeredBy('one').source, { lease: 6_000 })
    await environment.settle()
    a.line.hold()
    await b.hub.publish('answer', { data: 'somebody else' })
    await environment.advance(60_000)
    const client = await follow(b, ['answer'])
    await environment.advance(6_100)
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([['one', 'somebody else'], { end: 'failed' }])
  })

  it('counts as failed after twice its lease, where nobody reads and others publish', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', steeredBy('one').source, { lease: 5_999.5 })
    await environment.advance(30_000)
    expect(await b.hub.status('answer')).toBe('running')
    a.line.hold()
    await b.hub.publish('answer', { data: 'somebody else' })
    await environment.advance(9_000)
    expect(await b.hub.status('answer')).toBe('running')
    await environment.advance(3_001)
    expect(await b.hub.status('answer')).toBe('failed')
  })

  it('is running again where it goes on after that', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', goingOn(a), { key })
    await environment.advance(1_500)
    a.line.hold()
    await environment.advance(60_000)
    expect(await b.hub.status('answer')).toBe('failed')
    void b.hub.run('answer', goingOn(b), { key })
    await environment.advance(14_000)
    expect(await b.hub.status('answer')).toBe('running')
  })

  it('is judged by nobody without a lease', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', steeredBy('one').source, { lease: 0 })
    const client = await follow(b, ['answer'])
    a.line.hold()
    await environment.advance(500_000)
    expect([client.ended, await b.hub.status('answer')]).toEqual([false, 'running'])
  })
})

describe('an engine that is away', () => {
  it('holds a run up, and is tried again until the lease is over', async () => {
    const { a, b, environment } = fleetOf3()
    const { source, ...steer } = steeredBy('one')
    const running = a.hub.run('answer', source)
    const client = await follow(b, ['answer'])
    a.line.isAway = true
    steer.yield('two')
    await environment.advance(9_000)
    a.line.isAway = false
    await environment.advance(1_500)
    expect([client.data, client.ended]).toEqual([['one', 'two'], false])
    for (const { line } of [a, b]) line.isAway = true
    steer.yield('three')
    const rejected = running.catch((error: unknown) => error)
    await environment.advance(35_000)
    expect([await rejected, client.ended]).toEqual([expect.objectContaining({ code: 'broker-unavailable' }), false])
    b.line.isAway = false
    await environment.advance(15_000)
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([['one', 'two'], { end: 'failed' }])
  })
})

describe('a process that only stood still', () => {
  it('stops when it was taken over, and its late word is nowhere', async () => {
    const { a, b, c, environment } = fleetOf3()
    const zombie = steeredBy('one')
    const running = a.hub.run('answer', zombie.source, { key })
    const superseded = running.catch((error: unknown) => error)
    const heir = b.hub.run('answer', goingOn(b), { key })
    const client = await follow(c, ['answer'])
    a.line.hold()
    zombie.yield('two, too late')
    await environment.advance(13_000)
    a.line.letGo()
    await environment.settle()
    expect(await superseded).toMatchObject({ code: 'run-superseded', end: undefined })
    expect(zombie.returned()).toBe(true)
    await environment.advance(10_000)
    expect((await heir).outcome).toBe('produced')
    expect(client.data).toEqual(words)
  })

  it('stops when its readers have ended the topic, and does not begin it again', async () => {
    const { a, b, environment } = fleetOf3()
    const zombie = steeredBy('one')
    const superseded = a.hub.run('answer', zombie.source).catch((error: unknown) => error)
    const client = await follow(b, ['answer'])
    a.line.hold()
    zombie.yield('too late')
    await environment.advance(16_000)
    expect(client.parsed.hints.at(-1)).toEqual({ end: 'failed' })
    a.line.letGo()
    await environment.settle()
    expect(await superseded).toMatchObject({ code: 'run-superseded', end: 'failed' })
    expect(await b.hub.status('answer')).toBe('failed')
    expect((await b.hub.read('answer')).events.map(({ data }) => data)).toEqual(['one'])
  })

  it('takes nobody for dead because it heard nothing itself', async () => {
    const { a, b, environment } = fleetOf3()
    const { source, ...steer } = steeredBy('one')
    void a.hub.run('answer', source)
    const client = await follow(b, ['answer'])
    b.line.hold()
    await environment.advance(60_000)
    b.line.letGo()
    await environment.advance(1_000)
    steer.yield('two')
    await environment.advance(20_000)
    expect([client.data, client.ended]).toEqual([['one', 'two'], false])
  })

  it('takes nobody for dead because its own clock jumped', async () => {
    const { a, b, environment } = fleetOf3()
    void a.hub.run('answer', steeredBy('one').source)
    const client = await follow(b, ['answer'])
    a.line.hold()
    environment.jump(60_000)
    await environment.settle()
    await environment.advance(100)
    a.line.letGo()
    await environment.advance(20_000)
    expect(client.ended).toBe(false)
  })

  it('goes on when the engine was away for all, for less than a lease', async () => {
    const { a, b, environment } = fleetOf3()
    const { source, ...steer } = steeredBy('one')
    const running = a.hub.run('answer', source)
    const client = await follow(b, ['answer'])
    for (const { line } of [a, b]) line.hold()
    await environment.advance(14_000)
    for (const { line } of [a, b]) line.letGo()
    steer.yield('two')
    steer.end()
    await environment.advance(1_000)
    expect(await running).toEqual({ outcome: 'produced', written: 2, end: 'done' })
    expect([client.data, client.parsed.hints.at(-1)]).toEqual([['one', 'two'], { end: 'done' }])
  })
})

/** A steered source that has a first word. */
function steeredBy(first: string): ReturnType<typeof steered> {
  const steer = steered()
  steer.yield(first)
  return steer
}
