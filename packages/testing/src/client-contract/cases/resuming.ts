import { equal } from '../../event-source/expect.ts'
import { faultsOf } from '../judge.ts'
import type { FeedReport } from '../plan.ts'
import type { PreparedScene, Scene, Stage } from '../stage.ts'

const events = 100

const fromId = 'another process goes on after lastEventId'
const fromStore = 'another process goes on from the store, with the event that was being handled'

/** A client that goes on in another process: from what it was told, or from what its store has. */
export const resumeScene: Scene = { cases: [fromId, fromStore], prepare }

async function prepare(stage: Stage): Promise<PreparedScene> {
  const { calm } = stage.servers
  const plan = { breakAfter: events }
  const told = await stage.feed(calm, { name: 'told', ...plan })
  const stored = await stage.feed(calm, { name: 'stored', store: 'position', ...plan })
  const toldAgain = await stage.feed(calm, { name: 'told-again', ...plan })
  const storedAgain = await stage.feed(calm, { name: 'stored-again', store: 'position', ...plan })
  return {
    feeds: [told, stored],
    async disturb() {
      toldAgain.plan.lastEventId = (await told.report).lastEventId
      await stored.report
      await stage.launch('again', [toldAgain, storedAgain])
    },
    checks: {
      async [fromId]() {
        const all = [...(await told.report).events, ...(await toldAgain.report).events]
        equal(
          { count: all.length, ...faultsOf(all, lastOf(all)) },
          { count: 2 * events, lost: 0, repeated: 0, outOfOrder: 0, misnamed: 0 },
          told.log,
        )
      },
      async [fromStore]() {
        const [before, after] = [(await stored.report).events, (await storedAgain.report).events]
        const all = [...before.slice(0, -1), ...after]
        const found = {
          again: after.some(({ n }) => n === before.at(-1)?.n),
          count: all.length,
          ...faultsOf(all, lastOf(all)),
        }
        equal(
          found,
          { again: true, count: 2 * events - 1, lost: 0, repeated: 0, outOfOrder: 0, misnamed: 0 },
          stored.log,
        )
      },
    },
  }
}

// Of two topics that are read again, one may be ahead: up to here both must be complete.
function lastOf(events: FeedReport['events']): number {
  return Math.min(...[0, 1].map((turn) => Math.max(...events.filter(({ n }) => n % 2 === turn).map(({ n }) => n)))) + 1
}
