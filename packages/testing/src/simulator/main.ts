/** `node --conditions=@holdfast/source packages/testing/src/simulator/main.ts [--seed n] [--scenario x] [--clients n] [--heartbeat ms] [--publisher x]` */
import { parseArgs } from 'node:util'
import type { Policy } from './client.ts'
import type { Publisher } from './publishers.ts'
import { scenarios } from './scenarios.ts'
import { type Simulation, simulate } from './simulate.ts'

const policies: readonly { policy: Policy; title: string }[] = [
  { policy: 'native', title: 'native, one URL' },
  { policy: 'naive', title: 'naive list' },
  { policy: 'none', title: 'cold failover' },
  { policy: 'standby', title: 'standby' },
  { policy: 'full', title: 'two streams' },
]

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    scenario: { type: 'string' },
    clients: { type: 'string' },
    policy: { type: 'string' },
    heartbeat: { type: 'string' },
    publisher: { type: 'string' },
  },
})
const seed = Number(values.seed ?? 1)
const clients = values.clients === undefined ? undefined : Number(values.clients)
const heartbeat = values.heartbeat === undefined ? undefined : Number(values.heartbeat)
const publisher = values.publisher as Publisher | undefined
const names = values.scenario === undefined ? Object.keys(scenarios) : [values.scenario]
const chosen = policies.filter(({ policy }) => values.policy === undefined || policy === values.policy)

console.log(
  `seed ${seed}; interruption p50/p99, ×times if more than once; lost, repeated, out of order; peak attempts/s; standbys asked for, by client and minute`,
)
console.log(`| scenario | ${chosen.map(({ title }) => title).join(' | ')} |`)
console.log(`|---|${chosen.map(() => '---|').join('')}`)
let broken = false
for (const scenario of names) {
  const cells: string[] = []
  for (const { policy } of chosen) {
    const result = await simulate({ scenario, policy, seed, clients, heartbeat, publisher })
    broken ||= !policy.startsWith('na') && result.lost + result.repeated + result.outOfOrder > 0
    cells.push(cell(result))
  }
  console.log(`| ${scenario} | ${cells.join(' | ')} |`)
}
process.exitCode = broken ? 1 : 0

function cell({ p50, p99, times, lost, repeated, outOfOrder, peak, standbys }: Simulation): string {
  const interruption = p99 === 0 ? '0' : `${show(p50)}/${show(p99)}${times > 1.05 ? ` ×${times.toFixed(1)}` : ''}`
  return `${interruption}; ${lost}, ${repeated}, ${outOfOrder}; ${peak}; ${standbys.toFixed(1)}`
}

function show(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`
}
