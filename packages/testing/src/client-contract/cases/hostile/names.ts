/** Names and hints without end or sense. */
import { equal, ok } from '../../../event-source/expect.ts'
import type { Piece } from '../../../event-source/plan.ts'
import { ends, holds, idBytes, type HostileCase } from '../../hostile/context.ts'

const key = '~%-5-1'
/** Bounded: what is kept is no more than one id can hold, the time of an event does not grow, and it is said once. */
export const namesCases: readonly HostileCase[] = [
  {
    name: '64,000 topic keys in ids: bounded, and said once',
    async run(context) {
      const many = { numbered: `id: c1${key.repeat(32)}\ndata: x\n\n`, times: 2_000 }
      const stream = context.plan([ends(many), holds('data: after\n\n')])
      const follower = context.follow(stream.url, { backoff: 200 })
      await follower.until('the event after them', () => follower.data.includes('after'), 20_000)
      const [, second] = await stream.seen()
      equal(
        {
          events: follower.events.length,
          limits: follower.limits,
          kept: follower.lastEventId.length <= idBytes,
          sent: (second?.lastEventId?.length ?? 0) <= idBytes,
        },
        { events: 2_001, limits: ['topic-count'], kept: true, sent: true },
        'what came of it',
      )
    },
  },
  {
    name: 'a hint with a million names: holds nothing up',
    alone: true,
    async run(context) {
      const { url } = context.plan([holds(': hint topics=a', { numbered: ',n%', times: 1_000_000 }, '\n\ndata: 1\n\n')])
      const lag = await lagOf(async () => {
        const follower = context.follow(url)
        await follower.until('the event', () => follower.data.includes('1'))
      })
      ok(lag < 1_000, `It blocked for ${Math.round(lag)} ms`)
    },
  },
  {
    name: '300,000 names in gaps: bounded',
    alone: true,
    async run(context) {
      const topics = Array.from({ length: 100 }, () => '"n%"').join(',')
      const gap = `event: gap\nid: c1${key}\ndata: {"reason":"trimmed","topics":[${topics}],"from":"","to":""}\n\n`
      const { url } = context.plan([holds({ numbered: gap, times: 3_000 }, 'data: after\n\n')])
      const lag = await lagOf(async () => {
        const follower = context.follow(url)
        await follower.until('the event after them', () => follower.data.includes('after'), 20_000)
        ok(follower.lastEventId.length <= idBytes, `Its id has ${follower.lastEventId.length} characters`)
      })
      ok(lag < 2_000, `It blocked for ${Math.round(lag)} ms`)
    },
  },
]

/** The longest time that nothing else could happen. */
async function lagOf(work: () => Promise<void>): Promise<number> {
  let last = performance.now()
  let lag = 0
  const timer = setInterval(() => {
    const now = performance.now()
    lag = Math.max(lag, now - last)
    last = now
  }, 20)
  await work().finally(() => clearInterval(timer))
  return lag
}

/** Names that every object has, and one that is longer than any. */
const eventNames: readonly Piece[] = ['__proto__', 'constructor', 'toString', { repeat: 'n', times: 1_000_000 }]

export const hintCases: readonly HostileCase[] = [
  {
    name: 'events named like what every object has, and by a megabyte: come, and no schema is taken for theirs',
    async run(context) {
      const blocks = eventNames.flatMap((name): Piece[] => ['event: ', name, '\ndata: 1\n\n'])
      const { url } = context.plan([holds(...blocks)])
      const follower = context.follow(url, { schema: {} })
      await follower.until('all events', () => follower.events.length >= eventNames.length)
      const names = follower.events.map(({ event }) => event.slice(0, 20))
      equal(names, ['__proto__', 'constructor', 'toString', 'n'.repeat(20)], 'names')
    },
  },
  {
    name: 'hints with impossible values: say nothing',
    async run(context) {
      const hints = [
        'heartbeat=-1 load=NaN drain=-5 shed=2e9 standby=-1 ack=0 t=1e9 end=maybe',
        'heartbeat=999999999999999 load=999999999999999 standby=999999999999999',
        'at=%E0%A4%A conn=%FF topics=%E0,a',
        'topics=__proto__,constructor __proto__=1 constructor=2 =3 =',
      ].map((hint) => `: hint ${hint}\n\n`)
      const stream = context.plan([holds(...hints, 'data: 1\n\n', 1_000, 'data: 2\n\n')])
      const follower = context.follow(stream.url)
      await follower.until('both events', () => follower.events.length >= 2)
      equal({ data: follower.data, requests: (await stream.seen()).length }, { data: ['1', '2'], requests: 1 }, 'it')
    },
  },
  {
    name: 'a heartbeat of 1 ms that nobody could keep: does not lose every stream',
    async run(context) {
      const stream = context.plan([holds(': hint heartbeat=1\n\n', 'data: 1\n\n', 2_000, 'data: 2\n\n')])
      const follower = context.follow(stream.url)
      await follower.until('the second event', () => follower.data.includes('2'))
    },
  },
]
