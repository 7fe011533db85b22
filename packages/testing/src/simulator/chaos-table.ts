/**
 * How long the interruptions of many random runs are: `npm run simulate:chaos -- [first seed] [last seed]`. The table is in
 * docs/failover.md.
 */
import process from 'node:process'
import { type ChaosRun, chaosRun } from './chaos-run.ts'

const first = Number(process.argv[2] ?? 21)
const last = Number(process.argv[3] ?? 50)
/** What is longer than this is counted. */
const goals = { none: 6_000, standby: 6_000, full: 4_000 } as const

const runs: ChaosRun[] = []
for (let seed = first; seed <= last; seed++) {
  runs.push(await chaosRun(seed))
  process.stderr.write(`\r${runs.length} of ${last - first + 1} minutes`)
}
process.stderr.write('\n')

const harm = runs.reduce((sum, { lost, repeated, outOfOrder }) => sum + lost + repeated + outOfOrder, 0)
const peak = Math.max(...runs.map((run) => run.peak))
const attempts = runs.reduce((sum, run) => sum + run.attempts, 0)
console.log(
  `seeds ${first} to ${last}; lost, repeated or out of order: ${harm}; ${attempts} attempts, ${peak} in the busiest second`,
)
console.log('| | interruptions | p50 ms | longer than the goal | longest ms |')
console.log('|---|---|---|---|---|')
for (const policy of ['none', 'standby', 'full'] as const) {
  const all = runs
    .flatMap(({ clients }) => clients.filter((client) => client.policy === policy))
    .flatMap(({ interruptions }) => interruptions)
    .toSorted((a, b) => a - b)
  const [middle = 0, longest = 0] = [all[all.length >> 1], all.at(-1)]
  const longer = all.filter((lasted) => lasted > goals[policy]).length
  console.log(`| ${policy} | ${all.length} | ${Math.round(middle)} | ${longer} | ${Math.round(longest)} |`)
}
