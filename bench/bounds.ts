/**
 * What bounds the hub: memory of many topics, and the longest time for which one thing keeps all others waiting.
 *
 *     node --conditions=@holdfast/source bench/bounds.ts [rounds]
 *
 * Each answer is of a fresh process.
 */
import { execFile } from 'node:child_process'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { launch } from '@holdfast/testing'
import { commandOf } from './fanout/contest.ts'
import { quartiles, report } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
/** A body of 100 KB: it is small, and nested deep. */
const nested = `{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`

interface Bound {
  unit: string
  most: number
  measure(): Promise<number>
}

/** The same in each process. */
const heaps: Record<string, Bound> = {
  'an event of 10 bytes to each of 1,000,000 topics: what is kept': {
    unit: 'MB heap',
    most: 80,
    measure: () => numberOf('bounds/million-topics.ts'),
  },
  '100,000 topics heard once and left: what is kept': {
    unit: 'MB heap',
    most: 1,
    measure: () => numberOf('bounds/left-topics.ts'),
  },
}

const waits: Record<string, Bound> = {
  '300,000 topics forgotten: longest turn': { unit: 'ms CPU', most: 10, measure: () => numberOf('bounds/sweep.ts') },
  ...Object.fromEntries(
    ['node', 'bun', 'deno'].map((runtime) => [
      `${runtime}, JSON of 50,000 levels: latest timer`,
      { unit: 'ms', most: 20, measure: async () => lateness(runtime) },
    ]),
  ),
}

await tell(1, heaps)
await tell(rounds, waits)

async function tell(times: number, bounds: Record<string, Bound>): Promise<void> {
  const measured = await inTurns(times, Object.keys(bounds), async (name) => (bounds[name] as Bound).measure())
  for (const [question, { unit, most }] of Object.entries(bounds))
    report({ question, ours: quartiles(measured[question] ?? []).middle, unit, goal: { most } })
}

/** What a script prints. */
async function numberOf(file: string): Promise<number> {
  const [command = '', ...args] = commandOf('node')
  const { stdout } = await promisify(execFile)(command, [...args, here(file)])
  return Number(stdout)
}

/** By how much a timer of the service is late while it is sent nested JSON, again and again. */
async function lateness(runtime: string): Promise<number> {
  const [command = '', ...args] = commandOf(runtime)
  await using server = await launch({ command, args: [...args, here('bounds/service.ts')], ready: /^port (\d+)$/m })
  const origin = `http://127.0.0.1:${server.url}`
  const attack = async (): Promise<number> => {
    for (let sent = 0; sent < 20; sent++) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${origin}/topics/a`, { method: 'POST', headers, body: nested })
      const text = await answer.text()
      if (answer.status !== 400) throw new Error(`Cannot measure ${runtime}: nested JSON was answered with ${text}`)
      await setTimeout(5)
    }
    return Number(await (await fetch(`${origin}/late`)).text())
  }
  // What is compiled, and first collected, is not what is asked for.
  await attack()
  return await attack()
}
