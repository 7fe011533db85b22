/**
 * What does a delivery cost the server, against the hand-written way on the same runtime?
 *
 *     node --conditions=@holdfast/source bench/fanout.ts [rounds] [runtimes] [subscribers]
 *
 * Each round runs both contenders in a fresh process; the ratio is taken within a round. CPU is the server's own.
 */
import process from 'node:process'
import { measure, median, type Run } from './fanout/contest.ts'

const rounds = Number(process.argv[2] ?? 5)
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')
const reading = Number(process.argv[4] ?? 1_000)

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
    const ours: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const pair = round % 2 === 0 ? ['holdfast', 'raw'] : ['raw', 'holdfast']
      const cost = new Map<string, number>()
      for (const contender of pair) cost.set(contender, await cpuPerMillion({ ...run, contender }))
      ours.push(cost.get('holdfast') ?? NaN)
      ratios.push((cost.get('holdfast') ?? NaN) / (cost.get('raw') ?? NaN))
    }
    const [cpu, ratio] = [median(ours).toFixed(2), median(ratios).toFixed(2)]
    console.log(
      `${runtime.padEnd(5)} ${reading} subscribers, ${String(perTurn).padStart(3)} a turn: ${cpu} CPU s per million, ${ratio} of raw`,
    )
  }
}

async function cpuPerMillion(run: Run): Promise<number> {
  const { cpuMs } = await measure(run)
  return (cpuMs * 1_000) / (run.count * run.reading)
}
