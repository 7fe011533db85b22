import { setTimeout as wait } from 'node:timers/promises'
import type { Feed } from '../feed.ts'
import { expectAll, interruptions, largestGaps } from '../judge.ts'
import type { StreamServer } from '../servers.ts'
import type { ContractCase, Scene, Stage } from '../stage.ts'
import { modes } from './network.ts'

const kills = 4
const downFor = 1_000
const drainWithin = 2_000

/** kill -9 of the server that a client depends on, which is back a second later. */
export async function killScene(stage: Stage): Promise<Scene> {
  const { mortal } = stage.servers
  const listed = await Promise.all(
    modes.flatMap((redundancy) => ['first', 'second'].map((which) => stage.feed(mortal, { name: `killed-${redundancy}-${which}`, redundancy }))),
  )
  const single = await Promise.all(mortal.map((server, index) => stage.feed([server], { name: `killed-single-${index}` })))
  const feeds = [...listed, ...single]
  const check = (row: string, mode: string, own: readonly Feed[]): ContractCase => ({
    name: `${row}, ${mode}: nothing lost, repeated or out of order`,
    async check() {
      for (const feed of own) stage.table.add(row, mode, interruptions(await expectAll(feed, stage.publisher.count), feed.cuts))
    },
  })
  return {
    feeds,
    async disturb() {
      let since = 0
      for (let kill = 0; kill < kills; kill++) {
        await Promise.all(feeds.map((feed) => feed.settled(feed.cuts.at(-1) ?? 0)))
        since = Date.now()
        await strike(mortal, feeds, fewestCuts(listed))
      }
      await Promise.all(feeds.filter(({ cuts }) => cuts.at(-1) === since).map((feed) => feed.settled(since)))
    },
    cases: [
      ...modes.map((mode) => check('kill -9', mode, listed.filter(({ plan }) => plan.redundancy === mode))),
      check('kill -9 and restart, one endpoint', 'none', single),
    ],
  }
}

function fewestCuts(feeds: readonly Feed[]): Feed {
  return feeds.reduce((fewest, feed) => (feed.cuts.length < fewest.cuts.length ? feed : fewest))
}

async function strike(servers: readonly StreamServer[], feeds: readonly Feed[], victim: Feed): Promise<void> {
  const server = serverOf(servers, victim)
  const hit = feeds.filter((feed) => serverOf(servers, feed) === server)
  const at = Date.now()
  for (const { cuts } of hit) cuts.push(at)
  await server.kill()
  await wait(downFor)
  await server.start()
}

function serverOf(servers: readonly StreamServer[], feed: Feed): StreamServer {
  const { target } = feed.primary
  return servers.find(({ url }) => url === target) as StreamServer
}

/** A rolling deployment: every server drains, goes and comes back, one after the other. */
export async function deployScene(stage: Stage): Promise<Scene> {
  const { deployed } = stage.servers
  const feeds = await Promise.all(modes.map((redundancy) => stage.feed(deployed, { name: `drained-${redundancy}`, redundancy })))
  return {
    feeds,
    async disturb() {
      await Promise.all(feeds.map((feed) => feed.settled()))
      for (const server of deployed) {
        await Promise.all(feeds.map((feed) => feed.stands()))
        const at = Date.now()
        for (const feed of feeds) if (serverOf(deployed, feed) === server) feed.cuts.push(at)
        await server.stop()
        await server.start()
      }
    },
    cases: feeds.map((feed) => ({
      name: `drain, ${feed.plan.redundancy}: the next stream is there before the old one goes`,
      async check() {
        const events = await expectAll(feed, stage.publisher.count)
        stage.table.add('drain (largest gap)', feed.plan.redundancy ?? '', largestGaps(events, feed.cuts, drainWithin + 1_000))
        const without = feed.statuses.filter(({ status }) => status.state === 'lost' || status.state === 'waiting')
        if (without.length > 0) throw new Error(`"${feed.plan.name}" was without a stream:\n${feed.log}`)
      },
    })),
  }
}
