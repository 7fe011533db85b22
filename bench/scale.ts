/**
 * Is the cost of a delivery the same for many readers as for few, and with many topics as with one?
 *
 *     node --conditions=@holdfast/source bench/scale.ts [rounds]
 *
 * On Node through `serve()`, each case in a fresh process, in turns. One event at a time, with a pause in proportion to its
 * readers: published as fast as it goes, events would share their writes, and the more readers, the more of them.
 */
import process from 'node:process'
import { compete } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const deliveries = 200_000

interface Case {
  /** Default ours. */
  contender?: string
  /** Of the topic that is published to. */
  readers: number
  /** What 10,000 others read, who get nothing. */
  others?: string
}

await tell('10,000 readers against 100', { few: { readers: 100 }, many: { readers: 10_000 } }, { most: 1.15 })
// Told beside it: what the kernel asks for more connections grows, whoever writes to them.
await tell('the same of raw', { few: { readers: 100, contender: 'raw' }, many: { readers: 10_000, contender: 'raw' } })
await tell(
  '1,000 readers, beside 10,000 on as many topics against 10,000 on one',
  {
    few: { readers: 1_000, others: '/events?topic=other' },
    many: { readers: 1_000, others: '/events?topic=other:{n}' },
  },
  { most: 1.15 },
)

async function tell(question: string, cases: Record<'few' | 'many', Case>, goal?: { most: number }): Promise<void> {
  const costs = await inTurns(rounds, ['few', 'many'], async (name) => microseconds(cases[name]))
  compare(question, 'µs CPU a delivery', costs.many, { name: 'few', costs: costs.few }, goal)
}

async function microseconds({ contender = 'holdfast', readers, others }: Case): Promise<number> {
  const server = { runtime: 'node', contender, stalled: 0 }
  return compete(server, async (arena) => {
    await arena.read({ ...server, reading: readers })
    if (others !== undefined) await arena.read({ ...server, reading: 10_000, path: others })
    const [count, pause] = [deliveries / readers, readers / 50]
    await arena.publish(count / 4, 1, 100, pause)
    return ((await arena.publish(count, 1, 100, pause)).cpuMs * 1_000) / deliveries
  })
}
