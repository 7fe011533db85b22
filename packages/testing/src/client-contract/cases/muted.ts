import { setTimeout as wait } from 'node:timers/promises'
import { CollectingProxy } from '../../proxies/collecting.ts'
import type { Feed } from '../feed.ts'
import { expectAll } from '../judge.ts'
import type { Scene, Stage } from '../stage.ts'

const name = 'behind proxies that hold every answer until it ends: nothing lost, repeated or out of order, by polling'
const patience = 40_000
/** How long it then polls. */
const polls = 12_000

/** No stream gets through, at no endpoint. */
export const mutedScene: Scene = {
  cases: [name],
  async prepare(stage) {
    const feed = await planned(stage)
    return {
      feeds: [feed],
      async disturb() {
        const late = Date.now() + patience
        while (!isPolling(feed) && Date.now() < late) await wait(100)
        await wait(polls)
      },
      checks: {
        async [name]() {
          await expectAll(feed, stage.publisher.count)
          if (!isPolling(feed)) throw new Error(`"${feed.plan.name}" did not poll:\n${feed.log}`)
        },
      },
    }
  },
}

async function planned(stage: Stage): Promise<Feed> {
  const proxies = await Promise.all(
    stage.servers.calm.map(({ url }) => CollectingProxy.start(Number(new URL(url).port))),
  )
  for (const proxy of proxies) stage.ended.use(proxy)
  return stage.feed(
    proxies.map(({ port }) => ({ url: `http://127.0.0.1:${port}` })),
    { name: 'muted' },
  )
}

function isPolling({ statuses }: Feed): boolean {
  return statuses.some(({ status }) => status.state === 'polling')
}
