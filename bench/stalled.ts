/**
 * How much memory do readers cost that have stopped reading? 200 MB are published to one that reads, once with nobody
 * else and once beside 100 stalled readers.
 *
 *     node --conditions=@holdfast/source bench/stalled.ts [rounds] [runtimes]
 *
 * 10 MB before that let the readers stall: the kernel takes about 4 MB for each of them, and that is not the server's
 * memory. Prints by how much its RSS then grew at most, and the median of the difference. The goal is less than 8 MB.
 */
import process from 'node:process'
import { type Measured, measure, median } from './fanout/contest.ts'

const rounds = Number(process.argv[2] ?? 5)
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')

for (const runtime of runtimes) {
  const run = { runtime, contender: 'holdfast', reading: 1, warmUp: 1_000, count: 20_000, perTurn: 10, size: 10_000 }
  const alone: Measured[] = []
  const beside: Measured[] = []
  for (let round = 0; round < rounds; round++) {
    alone.push(await measure({ ...run, stalled: 0 }))
    beside.push(await measure({ ...run, stalled: 100 }))
  }
  const more = median(beside.map((measured, round) => growth(measured) - growth(alone[round] as Measured)))
  console.log(
    `${runtime.padEnd(5)} alone ${told(alone)}, beside 100 stalled ${told(beside)}: grew ${more.toFixed(1)} MB more`,
  )
}

function growth({ rssMb, rssPeakMb }: Measured): number {
  return rssPeakMb - rssMb
}

function told(runs: Measured[]): string {
  return `${median(runs.map(({ rssMb }) => rssMb)).toFixed(0)} → ${median(runs.map(({ rssPeakMb }) => rssPeakMb)).toFixed(0)} MB`
}
