import { setTimeout as wait } from 'node:timers/promises'
import type { Feed } from '../feed.ts'
import { type NetworkFault, networkFaults } from '../faults.ts'
import { expectAll, interruptions, lateness } from '../judge.ts'
import type { Scene, Stage } from '../stage.ts'

export const modes = ['none', 'standby', 'full'] as const
/** Three of each kind, for six samples in the time of two cuts. */
const each = ['first', 'second', 'third'] as const
// Interruptions are printed, not judged: only what no machine is too slow for.
const generous = 20_000

/** Every fault of the network against every mode, on the way that the events come. */
export async function networkScenes(stage: Stage): Promise<Scene[]> {
  const { calm } = stage.servers
  const scenes = networkFaults.flatMap((fault) =>
    modes.map(async (redundancy): Promise<Scene> => {
      const feeds = await Promise.all(
        each.map((which) => stage.feed(calm, { name: `${fault.name}-${redundancy}-${which}`, redundancy })),
      )
      return struckScene(stage, fault, redundancy, feeds)
    }),
  )
  return Promise.all([...scenes, singleScene(stage)])
}

/** One URL, which is all that many have. */
async function singleScene(stage: Stage): Promise<Scene> {
  const [fault] = networkFaults as [NetworkFault]
  const feeds = await Promise.all(
    each.map((which) => stage.feed(stage.servers.calm.slice(0, 1), { name: `single-${which}` })),
  )
  return struckScene(stage, { ...fault, name: 'RST, one endpoint' }, 'none', feeds)
}

function struckScene(stage: Stage, fault: NetworkFault, mode: string, feeds: readonly Feed[]): Scene {
  const judge = async (feed: Feed): Promise<void> => {
    const events = await expectAll(feed, stage.publisher.count)
    const isLate = fault.name === 'slow link'
    const times = isLate ? lateness(events, feed.cuts, fault.lasts ?? 0) : interruptions(events, feed.cuts)
    stage.table.add(fault.name, mode, times)
    if (times.some((time) => time > generous))
      throw new Error(`"${feed.plan.name}" was interrupted for ${times.join(', ')} ms:\n${feed.log}`)
  }
  return {
    feeds,
    disturb: async () => void (await Promise.all(feeds.map((feed) => strike(feed, fault)))),
    cases: [
      {
        name: `${fault.name}, ${mode}: nothing lost, repeated or out of order`,
        check: async () => void (await Promise.all(feeds.map(judge))),
      },
    ],
  }
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
