/**
 * How much memory do readers cost that have stopped reading? 200 MB are published to one that reads, once with nobody
 * else and once beside 100 stalled readers.
 *
 *     node --conditions=@holdfast/source bench/stalled.ts [rounds] [runtimes]
 *
 * Prints the server's peak RSS of both and the median of the difference. The goal is less than 8 MB.
 */
import process from 'node:process'
import { measure, median } from './fanout/contest.ts'

const rounds = Number(process.argv[2] ?? 3)
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')

for (const runtime of runtimes) {
  const run = { runtime, contender: 'holdfast', reading: 1, count: 20_000, perTurn: 10, size: 10_000 }
  const [alone, beside]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    alone.push((await measure({ ...run, stalled: 0 })).rssPeakMb)
    beside.push((await measure({ ...run, stalled: 100 })).rssPeakMb)
  }
  const growth = median(beside.map((peak, round) => peak - (alone[round] ?? NaN)))
  console.log(`${runtime.padEnd(5)} peak ${median(alone).toFixed(0)} MB alone, ${median(beside).toFixed(0)} MB beside 100 stalled: ${growth.toFixed(1)} MB more`)
}
