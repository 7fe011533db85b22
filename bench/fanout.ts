/**
 * What does a delivery cost the server, against the hand-written way on the same runtime, and other libraries on Node?
 *
 *     node --conditions=@holdfast/source bench/fanout.ts [rounds] [runtimes] [subscribers]
 *
 * Each round runs all contenders in fresh processes, one after the other; a ratio is taken within a round.
 */
import process from 'node:process'
import { measure, type Run } from './fanout/contest.ts'
import { compare } from './report.ts'

const rounds = Number(process.argv[2] ?? 5)
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')
const reading = Number(process.argv[4] ?? 1_000)

/** The most of raw by events a turn. */
const goals: Record<string, Record<number, number>> = {
  node: { 1: 0.7, 10: 0.35, 100: 0.12 },
  bun: { 10: 0.3, 100: 0.07 },
  deno: { 1: 1.05, 10: 0.6, 100: 0.15 },
}
const libraries = ['better-sse', 'h3', 'hono']

for (const runtime of runtimes) {
  for (const perTurn of [1, 10, 100]) {
    const run = {
      runtime,
      reading,
      stalled: 0,
      perTurn,
      count: perTurn * Math.ceil(300 / Math.sqrt(perTurn)),
      size: 100,
    }
    const names = ['holdfast', 'raw', ...(runtime === 'node' && perTurn === 1 ? libraries : [])]
    const costs = new Map(names.map((name): [string, number[]] => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const contender of round % 2 === 0 ? names : names.toReversed())
        costs.get(contender)?.push(await microseconds({ ...run, contender }))
    }
    for (const name of names.slice(1)) {
      const most = name === 'raw' ? goals[runtime]?.[perTurn] : 0.5
      const question = `${runtime}, ${reading.toLocaleString('en')} readers, ${perTurn} a turn`
      const peer = { name, costs: costs.get(name) ?? [] }
      compare(question, 'µs CPU a delivery', costs.get('holdfast') ?? [], peer, most ? { most } : undefined)
    }
  }
}

async function microseconds(run: Run): Promise<number> {
  const { cpuMs } = await measure(run)
  return (cpuMs * 1_000) / (run.count * run.reading)
}
