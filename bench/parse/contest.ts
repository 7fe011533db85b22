/**
 * One workload on one runtime, in a process of its own: what the engine learns from one does not tell in the next.
 * `argv`: workload, rounds. Prints a `Result`.
 */
import process from 'node:process'
import { type Contender, eventsourceParser, holdfast } from './contenders.ts'
import { type Workload, workloads } from './workloads.ts'

/** What was measured: of each round the CPU of both, in milliseconds for a megabyte. */
export interface Result {
  name: string
  least: number
  rounds: [ours: number, peer: number][]
}

const [key = '', rounds] = process.argv.slice(2)
const make = workloads[key]
if (!make) throw new Error(`There is no workload "${key}": ${Object.keys(workloads).join(', ')}`)
console.log(JSON.stringify(measure(make(), Number(rounds))))

function measure(workload: Workload, count: number): Result {
  const bytes = workload.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const repeat = Math.max(1, Math.round(8_000_000 / bytes))
  const once = (contender: Contender): number => (time(contender, workload, repeat) / (bytes * repeat)) * 1e6
  for (let warm = 0; warm < 3; warm++) for (const contender of [holdfast, eventsourceParser]) once(contender)
  const measured: [number, number][] = []
  for (let round = 0; round < count; round++) {
    // Who goes first alternates: the second finds warm caches, and pays for the first one's garbage.
    const first = round % 2 === 0 ? holdfast : eventsourceParser
    const a = once(first)
    const b = once(first === holdfast ? eventsourceParser : holdfast)
    measured.push(first === holdfast ? [a, b] : [b, a])
  }
  const runtime = 'Bun' in globalThis ? 'Bun' : 'Deno' in globalThis ? 'Deno' : 'Node'
  return { name: workload.name, least: workload.least?.[runtime] ?? 1, rounds: measured }
}

// CPU time in milliseconds, garbage collection included.
function time(contender: Contender, { chunks, events: expected }: Workload, repeat: number): number {
  const before = process.cpuUsage()
  for (let i = 0; i < repeat; i++) {
    const events = contender.parse(chunks)
    if (events !== expected) throw new Error(`Cannot compare "${contender.name}": ${events} events, not ${expected}`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
