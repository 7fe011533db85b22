import { setTimeout as wait } from 'node:timers/promises'
import { equal } from '../../event-source/expect.ts'
import type { Feed } from '../feed.ts'
import { faultsOf } from '../judge.ts'
import { topics } from '../publisher.ts'
import type { PreparedScene, Scene, Stage } from '../stage.ts'

// Long enough for the second stream to be there, too.
const events = 160
/** How long sockets may take to close. */
const patience = 15_000

const breaks = 'break closes every socket'
const aborts = 'an abort throws the reason and closes every socket'

/** A client that has enough: it leaves the loop, or aborts. */
export const endingScene: Scene = { cases: [breaks, aborts], prepare }

async function prepare(stage: Stage): Promise<PreparedScene> {
  const { calm } = stage.servers
  const broken = await stage.feed(calm, { name: 'broken', redundancy: 'full', breakAfter: events })
  const aborted = await stage.feed(calm, { name: 'aborted', redundancy: 'standby', abortAfter: events })
  const closed = new Map<Feed, Promise<boolean>>()
  const feeds = [broken, aborted]
  return {
    feeds,
    async disturb() {
      for (const feed of feeds)
        closed.set(
          feed,
          feed.report.then(() => isClosed(feed)),
        )
      await Promise.all(closed.values())
    },
    checks: {
      [breaks]: () => judge(broken, 'broken', 'closed'),
      [aborts]: () => judge(aborted, 'Error: aborted on purpose', 'aborted'),
    },
  }

  async function judge(feed: Feed, end: string, closeReason: string): Promise<void> {
    const report = await feed.report
    // Where one topic is read again before the other, what the other lacks is not lost but still to come.
    const lasts = topics.map((topic) => report.events.findLast((event) => event.topic === topic)?.n ?? 0)
    const last = Math.min(...lasts) + 1
    const found = {
      end: report.end,
      closeReason: report.closeReason,
      count: report.events.length,
      socketsClosed: await closed.get(feed),
      ...faultsOf(report.events, last),
    }
    const right = {
      end,
      closeReason,
      count: events,
      socketsClosed: true,
      lost: 0,
      repeated: 0,
      outOfOrder: 0,
      misnamed: 0,
    }
    equal(found, right, `${feed.plan.name}:\n${feed.log}\n`)
  }
}

function isClosed(feed: Feed): Promise<boolean> {
  const all = Promise.all(feed.ways.map((way) => way.empty())).then(() => true)
  return Promise.race([all, wait(patience, false, { ref: false })])
}
