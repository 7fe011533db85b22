import { setTimeout as wait } from 'node:timers/promises'
import type { StreamServer } from '../client-contract/servers.ts'
import type { Way } from '../client-contract/way.ts'

/** One server, and the way to it that all clients share. */
export interface Place {
  readonly server: StreamServer
  readonly way: Way
}

/** Something that goes wrong at one place. */
export interface ChaosFault {
  readonly name: string
  /** Milliseconds, the shortest and the longest; none where it is a single blow, after which all is well. */
  readonly lasts?: readonly [number, number]
  strike(place: Place): unknown
  lift?(place: Place): unknown
}

const blackHole = { up: { blackHole: true }, down: { blackHole: true } }
const nothing = { up: { latency: undefined }, down: { latency: undefined, bytesPerSecond: undefined } }

const chaosFaults: readonly ChaosFault[] = [
  { name: 'FIN', strike: ({ way }) => way.live.forEach((connection) => connection.fin()) },
  { name: 'RST', strike: ({ way }) => way.live.forEach((connection) => connection.rst()) },
  { name: 'half-open', strike: ({ way }) => way.live.forEach((connection) => connection.halfOpen('target')) },
  { name: 'half-close', strike: ({ way }) => way.live.forEach((connection) => connection.halfClose('down')) },
  {
    name: 'black hole',
    lasts: [1_000, 7_000],
    strike: ({ way }) => way.set(blackHole),
    // What was swallowed is gone, and its connections are dead for good.
    lift: ({ way }) => void (way.fault = undefined),
  },
  {
    name: 'stall',
    lasts: [1_000, 7_000],
    strike: ({ way }) => way.set({ down: { stall: true } }),
    lift: ({ way }) => way.set(undefined, { down: { stall: false } }),
  },
  {
    name: 'slow',
    lasts: [2_000, 7_000],
    strike: ({ way }) => way.set({ down: { bytesPerSecond: 1_000 } }),
    lift: ({ way }) => way.set(undefined, nothing),
  },
  {
    name: 'latency',
    lasts: [2_000, 7_000],
    strike: ({ way }) => way.set({ up: { latency: 400 }, down: { latency: 400 } }),
    lift: ({ way }) => way.set(undefined, nothing),
  },
  {
    name: 'refusal',
    lasts: [1_000, 5_000],
    strike({ way }) {
      way.proxy.stopListening()
      for (const connection of way.live) connection.rst()
    },
    lift: ({ way }) => way.proxy.listen(),
  },
  { name: 'kill -9', lasts: [500, 4_000], strike: ({ server }) => server.kill(), lift: ({ server }) => server.start() },
  {
    name: 'SIGSTOP',
    lasts: [1_000, 7_000],
    strike: ({ server }) => server.signal('SIGSTOP'),
    lift: ({ server }) => server.signal('SIGCONT'),
  },
]

/** What happened, how often. */
export type FaultCount = Map<string, number>

/**
 * Let something go wrong every second at a random place, until `until` (wall time). One place is always left well: what no
 * client could get through shows nothing. @returns how often what happened, once all is well again
 */
export async function wreak(places: readonly Place[], until: number, random: () => number): Promise<FaultCount> {
  const counts: FaultCount = new Map()
  const afflicted = new Map<Place, Promise<void>>()
  while (Date.now() < until) {
    await wait(1_000)
    const well = places.filter((place) => !afflicted.has(place))
    const place = well[Math.floor(random() * well.length)] as Place
    const possible = well.length > 1 ? chaosFaults : chaosFaults.filter(({ lasts }) => !lasts)
    const fault = possible[Math.floor(random() * possible.length)] as ChaosFault
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
    const over = afflict(place, fault, random).finally(() => afflicted.delete(place))
    if (fault.lasts) afflicted.set(place, over)
  }
  await Promise.all(afflicted.values())
  return counts
}

async function afflict(place: Place, { lasts, strike, lift }: ChaosFault, random: () => number): Promise<void> {
  await strike(place)
  if (!lasts) return
  const [shortest, longest] = lasts
  await wait(shortest + (longest - shortest) * random())
  await lift?.(place)
}
