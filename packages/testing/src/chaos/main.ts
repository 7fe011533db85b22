/**
 * Everything that networks and machines do, one fault a second at random, to three servers over one Redis; clients on three
 * runtimes in three modes. `npm run chaos`, `npm run chaos -- --minutes 1 --seed 7`.
 */
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { RedisServer } from '../brokers/redis-server.ts'
import { Control } from '../client-contract/control.ts'
import { Feed } from '../client-contract/feed.ts'
import { Publisher } from '../client-contract/publisher.ts'
import { bun, type ClientRuntime, deno, node } from '../client-contract/runtimes.ts'
import { startServers } from '../client-contract/servers.ts'
import { Way } from '../client-contract/way.ts'
import { requireTool } from '../require-tool.ts'
import { createRandom } from '../simulator/random.ts'
import { type Place, wreak } from './faults.ts'
import { judge, row, type Verdict } from './judge.ts'

/** A hub's default: what is found sooner is not found by heartbeats. */
const heartbeat = 10_000
/** The longest interruption that is let pass, by mode. */
const longest = { none: 6_000, standby: 6_000, full: 4_000 }
const modes = ['none', 'standby', 'full'] as const

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(values.minutes ?? 5)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
const redisPath = requireTool('redis-server')
if (!redisPath) throw new Error('Cannot find redis-server: install it with the system')
console.log(`seed ${seed}, ${minutes} minutes`)

await using stack = new AsyncDisposableStack()
const redis = stack.use(await RedisServer.start(redisPath))
const servers = await startServers(stack, 3, redis.port, heartbeat)
const places: Place[] = []
for (const server of servers) {
  const way = await Way.to(server.url)
  stack.defer(() => way.proxy.close())
  places.push({ server, way })
}
const control = stack.use(new Control())
await control.listen()
const publisher = stack.use(new Publisher(redis.port))
const feeds = await Promise.all([node, bun, deno].map(start))
await Promise.all(feeds.flat().map((feed) => feed.opened()))
await wait(8_000)

const counts = await wreak(places, Date.now() + minutes * 60_000, createRandom(seed))
await wait(10_000)
await publisher.end()
const verdicts = await Promise.all(
  feeds.flat().map(async (feed) => ({ feed, verdict: judge(await feed.report, publisher.count) })),
)
console.log([...counts].map(([name, count]) => `${name} ${count}`).join(', '))
console.log('| client | events | lost, repeated, out of order | interruptions | p50 ms | longest ms |')
console.log('|---|---|---|---|---|---|')
for (const { feed, verdict } of verdicts) console.log(row(feed.plan.name, verdict))
const failed = verdicts.filter(({ feed, verdict }) => !isWell(feed, verdict))
for (const { feed } of failed) console.log(`\n${feed.plan.name} failed (seed ${seed}):\n${feed.log}`)
process.exitCode = failed.length > 0 ? 1 : 0

async function start(runtime: ClientRuntime): Promise<Feed[]> {
  const ways = places.map(({ way }) => way)
  const endpoints = ways.map(({ url }) => `${url}/events?topic=even&topic=odd`)
  const own = modes.map(
    (redundancy) => new Feed({ name: `${runtime.name} ${redundancy}`, endpoints, redundancy }, ways),
  )
  control.plan(runtime.name, own)
  stack.use(await runtime.start(control, encodeURIComponent(runtime.name)))
  return own
}

function isWell({ plan }: Feed, { lost, repeated, outOfOrder, gaps, interruptions }: Verdict): boolean {
  const most = longest[plan.redundancy ?? 'none']
  return lost + repeated + outOfOrder + gaps === 0 && Math.max(0, ...interruptions) <= most
}
