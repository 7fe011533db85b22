import { createHub, type HubStats } from '@holdfast/core/hub'
import { expect, it } from 'vitest'
import { IsolateStats } from '../../../src/cloudflare/worker/isolate-stats.ts'

/** A hub that says that it has done everything as often. */
function hubThatDid(times: number, state: HubStats['broker']['state'] = 'connected') {
  const count = (value: unknown): unknown => {
    if (typeof value === 'number') return times
    if (Array.isArray(value)) return value.map(count)
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, count(each)]))
      : value
  }
  const { publishToWrite, ...stats } = createHub().stats()
  const counted = count(stats) as typeof stats
  const told: HubStats = {
    ...counted,
    broker: { ...counted.broker, state },
    publishToWrite: { ...publishToWrite, counts: publishToWrite.counts.map(() => times), sum: times },
  }
  return { ...createHub(), stats: () => told }
}

it('sums everything but the load, of hubs that are open, that were, and that publish', () => {
  const isolate = new IsolateStats()
  const [publisher, ...streams] = [1, 10, 100, 1_000].map((times) => hubThatDid(times))
  for (const hub of streams) isolate.open(hub)
  for (const hub of streams.slice(1)) isolate.close(hub)
  const total = { ...hubThatDid(1_111).stats(), load: 1 }
  expect(isolate.stats(publisher!)).toEqual(total)
  for (const hub of streams) isolate.close(hub)
  expect(isolate.stats(publisher!)).toEqual(total)
})

it('has lost its broker as long as one of its open hubs has', () => {
  const isolate = new IsolateStats()
  const [publisher, one, other] = [hubThatDid(1), hubThatDid(1), hubThatDid(1, 'lost')]
  isolate.open(one)
  isolate.open(other)
  expect(isolate.stats(publisher).broker.state).toBe('lost')
  isolate.close(one)
  isolate.close(other)
  expect(isolate.stats(publisher).broker).toEqual({ state: 'connected', losses: 3, recoveries: 3 })
  expect(isolate.stats(hubThatDid(1, 'lost')).broker.state).toBe('lost')
})

it('counts no topics of streams that are over, and all that they have done', async () => {
  const isolate = new IsolateStats()
  const publisher = createHub()
  for (let stream = 0; stream < 3; stream++) {
    const hub = createHub()
    const response = await hub.respond(new Request('http://localhost/'), { topics: [`a:${stream}`, 'b'] })
    isolate.open(hub)
    expect(isolate.stats(publisher)).toMatchObject({ subscribers: 1, topics: 2 })
    await response.body?.cancel()
    isolate.close(hub)
    expect(isolate.stats(publisher)).toMatchObject({
      subscribers: 0,
      topics: 0,
      closes: { 'client-closed': stream + 1 },
    })
  }
  await publisher.close()
})
