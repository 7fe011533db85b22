import { setTimeout as wait } from 'node:timers/promises'
import { equal } from '../../event-source/expect.ts'
import { answerLength } from '../answer.ts'
import type { Feed } from '../feed.ts'
import { faultsOf } from '../judge.ts'
import type { PreparedScene, Scene, Stage } from '../stage.ts'
import type { Way } from '../way.ts'

interface PostCase {
  name: string
  demand: string
  /** With Content-Location in the answer. */
  located?: boolean
  /** With the option. */
  resumeUrl?: boolean
  /** Of every way, before anything is sent. */
  before?(way: Way): void
  /** In the middle of the answer. */
  strike?(way: Way): void
  end: string
  posts: number
}

const rst = (way: Way): void => way.live.forEach((connection) => connection.rst())

const postCases: readonly PostCase[] = [
  { name: 'whole', demand: 'runs once, and ends with its source', end: 'done', posts: 1 },
  {
    name: 'located',
    demand: 'cut by RST, runs once and goes on at its Content-Location',
    located: true,
    strike: rst,
    end: 'done',
    posts: 1,
  },
  {
    name: 'silenced',
    demand: 'silenced, runs once and goes on at its Content-Location',
    located: true,
    strike: (way) => way.live.forEach((connection) => connection.halfOpen('target')),
    end: 'done',
    posts: 1,
  },
  {
    name: 'resumed',
    demand: 'cut by FIN, runs once and goes on at resumeUrl',
    resumeUrl: true,
    strike: (way) => way.live.forEach((connection) => connection.fin()),
    end: 'done',
    posts: 1,
  },
  {
    name: 'cut',
    demand: 'cut without either, runs once and ends as not-resumable',
    strike: rst,
    end: 'not-resumable',
    posts: 1,
  },
  {
    name: 'headless',
    demand: 'cut within the head of its answer, runs once and ends as not-resumable',
    before: (way) => way.set({ down: { cutAfter: 20 } }),
    end: 'not-resumable',
    posts: 1,
  },
  {
    name: 'refused',
    demand: 'that no server gets ends as not-resumable',
    before: (way) => way.set({ refuse: true }),
    end: 'not-resumable',
    posts: 0,
  },
]

/** Requests that must not be made twice. */
export const postScenes: readonly Scene[] = postCases.map((each) => ({
  cases: [caseName(each)],
  prepare: (stage) => preparePost(stage, each),
}))

function caseName({ demand }: PostCase): string {
  return `POST ${demand}`
}

async function preparePost(stage: Stage, each: PostCase): Promise<PreparedScene> {
  const { name, located, resumeUrl, before, strike, end, posts } = each
  const { calm } = stage.servers
  const topic = `answer-${name}`
  // Or a slow client would be struck when it has got all.
  const query = [...(located ? ['located'] : []), ...(strike ? ['held'] : [])].join('&')
  const feed = await stage.feed(calm, { name: topic, method: 'POST', body: 'a prompt' }, `/answers/${topic}?${query}`)
  if (resumeUrl) feed.plan.resumeUrl = `${feed.ways[0]?.url}/answers/${topic}`
  for (const way of feed.ways) before?.(way)
  return {
    feeds: [feed],
    async disturb() {
      if (!strike) return
      await feed.opened()
      await wait(1_500)
      strike(feed.primary)
      await Promise.all(calm.map((server) => server.release(topic)))
    },
    checks: { [caseName(each)]: () => judge(stage, feed, { topic, end, posts }) },
  }
}

async function judge(stage: Stage, feed: Feed, expected: { topic: string; end: string; posts: number }): Promise<void> {
  const report = await feed.report
  const counts = await Promise.all(stage.servers.calm.map((server) => server.posts(expected.topic)))
  const length = expected.end === 'done' ? answerLength : report.events.length
  const found = {
    end: report.end,
    posts: counts.reduce((sum, count) => sum + count, 0),
    first: report.events[0]?.n ?? 0,
    ...faultsOf(report.events, length, [expected.topic]),
  }
  const right = { end: expected.end, posts: expected.posts, first: 0, lost: 0, repeated: 0, outOfOrder: 0, misnamed: 0 }
  equal(found, right, `${feed.plan.name}:\n${feed.log}\n`)
}
