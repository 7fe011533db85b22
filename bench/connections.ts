/**
 * What does a connection cost that gets nothing: memory, and the CPU of accepting it? Against the hand-written way on the
 * same runtime, each in a fresh process, in turns.
 *
 *     node --conditions=@holdfast/source bench/connections.ts [rounds] [readers]
 */
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { compete } from './fanout/contest.ts'
import { compare } from './report.ts'

const rounds = Number(process.argv[2] ?? 3)
const reading = Number(process.argv[3] ?? 5_000)
/** The most of raw. */
const goals: Record<string, { memory?: number; accepting?: number }> = {
  node: { memory: 1.2, accepting: 2.5 },
  bun: { memory: 1.3 },
  deno: { memory: 1.07 },
}

for (const [runtime, { memory, accepting }] of Object.entries(goals)) {
  const costs = { holdfast: [] as Cost[], raw: [] as Cost[] }
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? (['holdfast', 'raw'] as const) : (['raw', 'holdfast'] as const))
      costs[contender].push(await costOf(runtime, contender))
  }
  const tell = (question: string, unit: string, of: keyof Cost, most: number | undefined): void => {
    const peer = { name: 'raw', costs: costs.raw.map((cost) => cost[of]) }
    const ours = costs.holdfast.map((cost) => cost[of])
    compare(`${runtime}, ${question}`, unit, ours, peer, most ? { most } : undefined)
  }
  tell('idle', 'KB RSS a connection', 'kilobytes', memory)
  tell('accepting', 'µs CPU a connection', 'micros', accepting)
}

interface Cost {
  kilobytes: number
  micros: number
}

async function costOf(runtime: string, contender: string): Promise<Cost> {
  return compete({ runtime, contender }, async (arena) => {
    const setting = { runtime, contender, stalled: 0 }
    await arena.read({ ...setting, reading: 200 })
    const before = await arena.usage()
    await arena.read({ ...setting, reading })
    await setTimeout(1_000)
    const after = await arena.usage()
    return {
      kilobytes: ((after.rssMb - before.rssMb) * 1_024) / reading,
      micros: ((after.cpuMs - before.cpuMs) * 1_000) / reading,
    }
  })
}
