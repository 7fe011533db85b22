/**
 * What do clients cost that all come back after a deploy, against as many that are new?
 *
 *     node --conditions=@holdfast/source bench/herd.ts [rounds] [readers]
 *
 * On Node, through `serve()`: CPU of the server from the first connection until all have what they missed. Three servers stand side
 * by side, one for each kind of client, and let in a tenth of them at a time in turns: what else the machine does changes
 * more within seconds than what is compared.
 */
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { competeTogether, type Entrant } from './fanout/contest.ts'
import { compare } from './report.ts'
import { inTurns, sum } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 3)
const readers = Number(process.argv[3] ?? 5_000)
const slices = 10
const cases: Record<string, number> = { fresh: 0, '100 events back': 100, '1,000 events back': 1_000 }
const goals: Record<string, number> = { '100 events back': 1.3, '1,000 events back': 2.5 }
const names = Object.keys(cases)
const server: Entrant = { runtime: 'node', contender: 'holdfast' }

const costs: Record<string, number>[] = []
for (let round = 0; round < rounds; round++) costs.push(await microseconds())
const costsOf = (name: string): number[] => costs.map((each) => each[name] ?? NaN)
for (const [name, most] of Object.entries(goals)) {
  const peer = { name: 'fresh', costs: costsOf('fresh') }
  compare(`${readers.toLocaleString('en')} clients, ${name}`, 'µs CPU a client', costsOf(name), peer, { most })
}

/** What a client takes, by its kind. */
async function microseconds(): Promise<Record<string, number>> {
  return competeTogether(new Map(names.map((name) => [name, server])), async (arenaOf) => {
    const ids = new Map<string, string>()
    const come = (name: string, reading: number): Promise<void> => {
      const lastEventId = ids.get(name) ?? ''
      return arenaOf(name).read({
        ...server,
        reading,
        stalled: 0,
        accept: 'text/event-stream;holdfast=1',
        lastEventId,
      })
    }
    for (const name of names) {
      await arenaOf(name).publish(1_100, 10, 100)
      const back = cases[name] ?? 0
      ids.set(name, back > 0 ? await arenaOf(name).ask(`/id?back=${back}`) : '')
      await come(name, 500)
    }
    const measured = await inTurns(slices, names, async (name) => {
      const before = await arenaOf(name).usage()
      await come(name, readers / slices)
      // Until the last have all that they missed.
      await setTimeout(100)
      return ((await arenaOf(name).usage()).cpuMs - before.cpuMs) * 1_000
    })
    return Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, sum(each) / readers]))
  })
}
