import { setTimeout as wait } from 'node:timers/promises'
import { type NetworkFault, networkFaults } from '../client-contract/faults.ts'
import { busiestOf, type Way } from '../client-contract/way.ts'
import type { Kind, ReaderPlan } from './plan.ts'
import { eventsAt, type Stage } from './stage.ts'

/** Something that goes wrong for readers, each of which has it for itself. */
export interface Case {
  readonly name: string
  /** Whom it says something about. Default all. */
  readonly kinds?: readonly Kind[]
  /** Whether its readers' process is stopped for a while: what it disturbs, it does meanwhile. */
  readonly stops?: true
  /** Lay what a reader of so many endpoints has between it and the servers. */
  lay(stage: Stage, endpoints: number): Promise<Laid>
}

/** What a reader has to go on. */
export interface Laid {
  plan: Pick<ReaderPlan, 'urls' | 'asksForFleet'>
  /** Tell when it goes wrong; where nothing is disturbed, it is wrong from the start. */
  disturb?(struck: () => void): Promise<void>
}

/** How long a client's process is stopped: longer than a server waits for one that takes nothing. */
export const stoppedFor = 15_000
/** When a server that waits no longer has ended its connections. */
const cutAfter = 10_000
/** How long one looks where the events come. */
const looking = 1_000

export const cases: readonly Case[] = [
  struckCase('black hole for 15 s', { ...faultNamed('black hole'), lasts: 15_000 }),
  struckCase('half-open', faultNamed('half-open')),
  { name: 'every answer held, from the first on', lay: (stage, endpoints) => layHeld(stage, endpoints, '') },
  {
    name: 'the same, with `?mode=poll`',
    kinds: ['native'],
    lay: (stage, endpoints) => layHeld(stage, endpoints, '&mode=poll'),
  },
  { name: 'answers held from now on', lay: layHeldLater },
  stoppedCase('stopped for 15 s', () => {}),
  stoppedCase('stopped for 15 s, and cut meanwhile', async (ways) => {
    await wait(cutAfter)
    for (const connection of ways.flatMap(({ live }) => live)) connection.fin()
  }),
  stoppedCase('stopped for 15 s, and cut off without a word', (ways) => {
    for (const connection of ways.flatMap(({ live }) => live)) connection.halfOpen('target')
  }),
  { name: 'all servers replaced, at other addresses', lay: layFleet },
]

/** A fault of the network on the way that the events come. */
function struckCase(name: string, { strike, lift, lasts = 0 }: NetworkFault): Case {
  return {
    name,
    async lay(stage, endpoints) {
      const ways = await stage.ways(endpoints)
      return {
        plan: { urls: ways.map(eventsAt) },
        async disturb(struck) {
          const way = await busiestOf(ways, looking)
          struck()
          strike(way)
          await wait(lasts)
          await lift?.(way)
        },
      }
    },
  }
}

function faultNamed(name: string): NetworkFault {
  const fault = networkFaults.find((each) => each.name === name)
  if (!fault) throw new Error(`There is no fault "${name}"`)
  return fault
}

function stoppedCase(name: string, meanwhile: (ways: readonly Way[]) => Promise<void> | void): Case {
  return {
    name,
    stops: true,
    async lay(stage, endpoints) {
      const ways = await stage.ways(endpoints)
      return { plan: { urls: ways.map(eventsAt) }, disturb: async () => meanwhile(ways) }
    },
  }
}

async function layHeld(stage: Stage, endpoints: number, query: string): Promise<Laid> {
  const proxies = await stage.collectingProxies(endpoints)
  return { plan: { urls: proxies.map((proxy) => eventsAt(proxy) + query) } }
}

async function layHeldLater(stage: Stage, endpoints: number): Promise<Laid> {
  const proxies = await stage.collectingProxies(endpoints)
  for (const proxy of proxies) proxy.passes = true
  return {
    plan: { urls: proxies.map(eventsAt) },
    async disturb(struck) {
      struck()
      for (const proxy of proxies) proxy.passes = false
    },
  }
}

async function layFleet(stage: Stage, endpoints: number): Promise<Laid> {
  return {
    plan: { urls: stage.fleet.slice(0, endpoints), asksForFleet: true },
    async disturb(struck) {
      struck()
      await stage.retireFleet()
    },
  }
}
