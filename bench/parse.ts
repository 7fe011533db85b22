/**
 * How fast is the parser, against eventsource-parser, bytes in, data read after each event?
 *
 *     node --conditions=@holdfast/source bench/parse.ts [rounds] [runtimes] [workloads]
 *
 * For example `bench/parse.ts 9 node,bun small,ids`, which takes seconds. Each workload runs in a process of its own.
 * Rounds are interleaved, and a ratio is taken within a round, so a machine that slows down slows both.
 */
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Result } from './parse/contest.ts'
import { workloads } from './parse/workloads.ts'
import { quartiles, report } from './report.ts'
import { commands } from './runtimes.ts'

const rounds = process.argv[2] ?? '15'
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')
const names = process.argv[4]?.split(',') ?? Object.keys(workloads)

/** The geometric mean of all workloads that we want at least. */
const goals: Record<string, number> = { node: 1.4, bun: 1.4, deno: 1.5 }

for (const runtime of runtimes) {
  const medians = names.map((name) => tell(runtime, measure(runtime, name)))
  if (process.argv[4] !== undefined) continue
  const mean = Math.exp(medians.reduce((sum, ratio) => sum + Math.log(ratio), 0) / medians.length)
  const goal = { least: goals[runtime] ?? 1 }
  report({ question: `${runtime}, geometric mean`, ours: mean, unit: 'times as fast', goal })
}

function measure(runtime: string, workload: string): Result {
  const [command = '', ...args] = commands[runtime] ?? []
  const contest = fileURLToPath(new URL('parse/contest.ts', import.meta.url))
  const options = {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  } satisfies ExecFileSyncOptionsWithStringEncoding
  return JSON.parse(execFileSync(command, [...args, contest, workload, rounds], options)) as Result
}

/** @returns how many times as fast we are, in the median */
function tell(runtime: string, { name, least, rounds: measured }: Result): number {
  const ratio = quartiles(measured.map(([ours, peer]) => peer / ours))
  report({
    question: `${runtime}, ${name}: how many times as fast`,
    ours: quartiles(measured.map(([ours]) => ours)).middle,
    unit: 'ms CPU/MB',
    peer: { name: 'eventsource-parser', cost: quartiles(measured.map(([, peer]) => peer)).middle },
    ratio,
    goal: { least },
  })
  return ratio.middle
}
