import { setTimeout as wait } from 'node:timers/promises'
import { ok } from '../../event-source/expect.ts'
import { drainWithin } from '../draining.ts'
import type { Feed } from '../feed.ts'
import { expectAll, interruptions, largestGaps } from '../judge.ts'
import type { StreamServer } from '../servers.ts'
import type { Check, PreparedScene, Scene, Stage } from '../stage.ts'
import { modes } from './network.ts'

const kills = 3
const downFor = 1_000

const killed = (mode: string): string => `kill -9, ${mode}: nothing lost, repeated or out of order`
const killedAlone = 'kill -9 and restart, one endpoint: nothing lost, repeated or out of order'

/** kill -9 of the server that a client depends on, which is back a second later. */
export const killScene: Scene = { cases: [...modes.map(killed), killedAlone], prepare: prepareKills }

async function prepareKills(stage: Stage): Promise<PreparedScene> {
  const { mortal } = stage.servers
  const listed = await Promise.all(
    modes.flatMap((redundancy) =>
      ['first', 'second', 'third'].map((which) =>
        stage.feed(mortal, { name: `killed-${redundancy}-${which}`, redundancy }),
      ),
    ),
  )
  const single = await Promise.all(
    mortal.map((server, index) => stage.feed([server], { name: `killed-single-${index}` })),
  )
  const feeds = [...listed, ...single]
  const check = (row: string, mode: string, own: readonly Feed[]): Check => {
    return async () => {
      for (const feed of own)
        stage.table.add(row, mode, interruptions(await expectAll(feed, stage.publisher.count), feed.cuts))
      ok(
        own.some(({ cuts }) => cuts.length > 0),
        'Nobody was hit',
      )
    }
  }
  const ofMode = (mode: string): Feed[] => listed.filter(({ plan }) => plan.redundancy === mode)
  return {
    feeds,
    async disturb() {
      await Promise.all(feeds.map((feed) => feed.settled()))
      for (let kill = 0; kill < kills; kill++) {
        const [rarest] = modes.toSorted((a, b) => cutsOf(listed, a) - cutsOf(listed, b))
        const victim = await Promise.race(ofMode(rarest ?? 'none').map((feed) => feed.settled().then(() => feed)))
        await strike(mortal, feeds, victim)
      }
      await Promise.all(feeds.map((feed) => feed.opened()))
    },
    checks: {
      ...Object.fromEntries(modes.map((mode) => [killed(mode), check('kill -9', mode, ofMode(mode))])),
      [killedAlone]: check('kill -9 and restart, one endpoint', 'none', single),
    },
  }
}

function cutsOf(feeds: readonly Feed[], mode: string): number {
  return feeds.filter(({ plan }) => plan.redundancy === mode).reduce((sum, { cuts }) => sum + cuts.length, 0)
}

async function strike(servers: readonly StreamServer[], feeds: readonly Feed[], victim: Feed): Promise<void> {
  const server = serverOf(servers, victim)
  // Others are hit too, but those that lack something just now are no example of their kind.
  const examples = feeds.filter((feed) => feed.isSettled && serverOf(servers, feed) === server)
  for (const feed of examples) feed.cut(true)
  await server.kill()
  await wait(downFor)
  await server.start()
}

function serverOf(servers: readonly StreamServer[], feed: Feed): StreamServer {
  const { target } = feed.primary
  return servers.find(({ url }) => url === target) as StreamServer
}

const drained = (mode: string): string => `drain, ${mode}: the next stream is there before the old one goes`

/** A rolling deployment: every server drains, goes and comes back, one after the other. */
export const deployScene: Scene = { cases: modes.map(drained), prepare: prepareDeployment }

async function prepareDeployment(stage: Stage): Promise<PreparedScene> {
  const { deployed } = stage.servers
  const feeds = await Promise.all(
    modes.map((redundancy) => stage.feed(deployed, { name: `drained-${redundancy}`, redundancy })),
  )
  const deploy = async (choose: () => StreamServer): Promise<void> => {
    await Promise.all(feeds.map((feed) => feed.settled()))
    const server = choose()
    for (const feed of feeds) if (serverOf(deployed, feed) === server) feed.cut(true)
    await server.stop()
    await server.start()
  }
  return {
    feeds,
    async disturb() {
      for (const server of deployed) await deploy(() => server)
      // Who moved to a server that was done already has been spared.
      for (const feed of feeds) if (feed.cuts.length === 0) await deploy(() => serverOf(deployed, feed))
    },
    checks: Object.fromEntries(
      feeds.map((feed) => [drained(feed.plan.redundancy as string), () => judge(stage, feed)]),
    ),
  }
}

async function judge(stage: Stage, feed: Feed): Promise<void> {
  const events = await expectAll(feed, stage.publisher.count)
  stage.table.add(
    'drain (largest gap)',
    feed.plan.redundancy as string,
    largestGaps(events, feed.cuts, drainWithin + 1_000),
  )
  ok(feed.cuts.length > 0, `"${feed.plan.name}" was on no server that drained:\n${feed.log}`)
  // One that was silent for too long had no processor, on a busy machine; that is no drain's doing.
  const without = feed.statuses.filter(({ at, status: { state, reason } }) => {
    const drains = feed.cuts.some((cut) => at >= cut && at < cut + drainWithin + 1_000)
    return drains && (state === 'waiting' || (state === 'lost' && reason !== 'idle'))
  })
  ok(without.length === 0, `"${feed.plan.name}" was without a stream:\n${feed.log}`)
}
