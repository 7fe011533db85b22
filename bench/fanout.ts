/**
 * What does a delivery cost the server, against the hand-written way on the same runtime, and other libraries on Node?
 *
 *     node --conditions=@holdfast/source bench/fanout.ts [rounds] [runtimes] [subscribers]
 *
 * Each round runs all contenders in fresh processes, one after the other; a ratio is taken within a round.
 */
import process from 'node:process'
import { measure } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 5)
const runtimes = (process.argv[3] ?? 'node,bun,deno').split(',')
const reading = Number(process.argv[4] ?? 1_000)

interface Contest {
  runtime: string
  /** Events published in one turn. */
  perTurn: number
  /** Against whom, and the most of what it costs there; none where it is only told. */
  peers: Record<string, number | undefined>
}

const contests: Contest[] = [
  { runtime: 'node', perTurn: 1, peers: { raw: 0.7, 'better-sse': 0.5, h3: 0.5, hono: 0.5 } },
  { runtime: 'node', perTurn: 10, peers: { raw: 0.35 } },
  { runtime: 'node', perTurn: 100, peers: { raw: 0.12 } },
  { runtime: 'bun', perTurn: 1, peers: { direct: 1.1, raw: undefined } },
  { runtime: 'bun', perTurn: 10, peers: { raw: 0.3 } },
  { runtime: 'bun', perTurn: 100, peers: { raw: 0.07 } },
  { runtime: 'deno', perTurn: 1, peers: { raw: 1.05 } },
  { runtime: 'deno', perTurn: 10, peers: { raw: 0.6 } },
  { runtime: 'deno', perTurn: 100, peers: { raw: 0.15 } },
]

for (const { runtime, perTurn, peers } of contests.filter((contest) => runtimes.includes(contest.runtime))) {
  const count = perTurn * Math.ceil(300 / Math.sqrt(perTurn))
  const costs = await inTurns(rounds, ['holdfast', ...Object.keys(peers)], async (contender) => {
    const { cpuMs } = await measure({
      runtime,
      contender,
      reading,
      stalled: 0,
      perTurn,
      count,
      size: 100,
      warmUp: warmUpOf(runtime, perTurn),
    })
    return (cpuMs * 1_000) / (count * reading)
  })
  for (const [name, most] of Object.entries(peers)) {
    const question = `${runtime}, ${reading.toLocaleString('en')} readers, ${perTurn} a turn`
    const peer = { name, costs: costs[name] ?? [] }
    compare(question, 'µs CPU a delivery', costs['holdfast'] ?? [], peer, most === undefined ? undefined : { most })
  }
}

// JavaScriptCore compiles late (Bun 1.4), so ours and its peers are warmed up there.
function warmUpOf(runtime: string, perTurn: number): number {
  return runtime === 'bun' ? Math.min(300 * perTurn, 3_000) : 0
}
