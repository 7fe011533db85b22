import { setTimeout as wait } from 'node:timers/promises'
import type { Feed } from '../feed.ts'
import { type NetworkFault, networkFaults, silentFault } from '../faults.ts'
import { expectAll, interruptions, lateness } from '../judge.ts'
import type { StreamServer } from '../servers.ts'
import type { Scene, Stage } from '../stage.ts'

export const modes = ['none', 'standby', 'full'] as const
/** Three of each kind, for six samples in the time of two cuts. */
const each = ['first', 'second', 'third'] as const
// Interruptions are printed, not judged: only what no machine is too slow for.
const generous = 20_000
/** Two ways to one server. */
const twice = ({ servers }: Stage): StreamServer[] => [...servers.patient, ...servers.patient]

/** Every fault of the network against every mode, on the way that the events come. */
export const networkScenes: readonly Scene[] = [
  ...networkFaults.flatMap((fault) =>
    modes.map((redundancy) =>
      struckScene(fault, redundancy, (stage) =>
        each.map((which) =>
          stage.feed(stage.servers.calm, { name: `${fault.name}-${redundancy}-${which}`, redundancy }),
        ),
      ),
    ),
  ),
  ...modes.map((redundancy) =>
    struckScene(silentFault, redundancy, (stage) => [
      stage.feed(twice(stage), { name: `silent-${redundancy}`, redundancy }),
    ]),
  ),
  // One URL, which is all that many have.
  struckScene({ ...(networkFaults as [NetworkFault])[0], name: 'RST, one endpoint' }, 'none', (stage) =>
    each.map((which) => stage.feed(stage.servers.calm.slice(0, 1), { name: `single-${which}` })),
  ),
]

function struckScene(fault: NetworkFault, mode: string, plan: (stage: Stage) => Promise<Feed>[]): Scene {
  const name = `${fault.name}, ${mode}: nothing lost, repeated or out of order`
  return {
    cases: [name],
    async prepare(stage) {
      const feeds = await Promise.all(plan(stage))
      return {
        feeds,
        disturb: async () => void (await Promise.all(feeds.map((feed) => strike(feed, fault)))),
        checks: { [name]: async () => void (await Promise.all(feeds.map((feed) => judge(stage, fault, mode, feed)))) },
      }
    },
  }
}

async function judge(stage: Stage, fault: NetworkFault, mode: string, feed: Feed): Promise<void> {
  const events = await expectAll(feed, stage.publisher.count)
  const isLate = fault.name === 'slow link'
  const times = isLate ? lateness(events, feed.cuts, fault.lasts ?? 0) : interruptions(events, feed.cuts)
  stage.table.add(fault.name, mode, times)
  if (times.some((time) => time > (fault.most ?? generous)))
    throw new Error(`"${feed.plan.name}" was interrupted for ${times.join(', ')} ms:\n${feed.log}`)
}

async function strike(feed: Feed, { cuts = 2, lasts = 0, strike, lift }: NetworkFault): Promise<void> {
  await feed.settled()
  for (let cut = 0; cut < cuts; cut++) {
    const way = feed.primary
    // After the only blow of its kind another stream is not always needed.
    feed.cut(cuts > 1)
    strike(way)
    await wait(lasts)
    await lift?.(way)
    await feed.settled()
  }
}
