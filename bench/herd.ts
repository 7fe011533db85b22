/**
 * What do clients cost that all come back after a deploy, against as many that are new?
 *
 *     node --conditions=@holdfast/source bench/herd.ts [rounds] [readers]
 *
 * On Node, through `serve()`: CPU of the server from the first connection until all have what they missed. In turns, each
 * with a fresh server.
 */
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { compete } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const readers = Number(process.argv[3] ?? 5_000)
const cases: Record<string, number> = { fresh: 0, '100 events back': 100, '1,000 events back': 1_000 }
const goals: Record<string, number> = { '100 events back': 1.3, '1,000 events back': 2.5 }

const costs = await inTurns(rounds, Object.keys(cases), async (name) => microseconds(cases[name] ?? 0))
for (const [name, most] of Object.entries(goals)) {
  const peer = { name: 'fresh', costs: costs['fresh'] ?? [] }
  compare(`${readers.toLocaleString('en')} clients, ${name}`, 'µs CPU a client', costs[name] ?? [], peer, { most })
}

async function microseconds(back: number): Promise<number> {
  return compete({ runtime: 'node', contender: 'holdfast' }, async (arena) => {
    await arena.publish(1_100, 10, 100)
    const lastEventId = back > 0 ? await arena.ask(`/id?back=${back}`) : ''
    const accept = 'text/event-stream;holdfast=1'
    const setting = { runtime: 'node', contender: 'holdfast', stalled: 0, accept, lastEventId }
    // Warm.
    await arena.read({ ...setting, reading: 200 })
    const before = await arena.usage()
    await arena.read({ ...setting, reading: readers })
    await setTimeout(500)
    return (((await arena.usage()).cpuMs - before.cpuMs) * 1_000) / readers
  })
}
