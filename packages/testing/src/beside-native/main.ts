/**
 * What `connect()` and the platform's own EventSource make of the same faults, in Deno and in Chromium. `npm run beside-native`,
 * `npm run beside-native -- --rounds 1`.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { requireTool } from '../require-tool.ts'
import { cases } from './cases.ts'
import { playRound } from './round.ts'
import { chromium, deno } from './runtimes.ts'
import { sum, table } from './table.ts'
import type { Outcome } from './trial.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })
const redisPath = requireTool('redis-server')
if (!redisPath) throw new Error('Cannot find redis-server: install it with the system')
const chromiumPath = requireTool('chromium')
const runtimes = chromiumPath ? [deno, chromium(chromiumPath)] : [deno]

const outcomes: Outcome[] = []
for (let round = 1; round <= Number(values.rounds); round++) {
  outcomes.push(...(await playRound(redisPath, cases, runtimes)))
  console.log(`round ${round} of ${values.rounds}: load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`)
}
console.log(table(outcomes))
const { lost, repeated } = sum(outcomes)
console.log(`${lost} lost, ${repeated} repeated in ${outcomes.length} trials`)
