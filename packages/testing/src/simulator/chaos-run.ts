import { Client, clockOf, type Policy } from './client.ts'
import { Log } from './log.ts'
import { Network } from './network.ts'
import { publish } from './publishers.ts'
import { type Report, reportOf } from './report.ts'
import { Server } from './server.ts'
import { World } from './world.ts'

const policies = ['none', 'standby', 'full'] as const
const heartbeat = 10_000
const calmFor = 8_000

/** What one client of a run met. */
export interface ChaosClient {
  policy: Policy
  /** Milliseconds between two events, where those were more than 200. */
  interruptions: number[]
}

export interface ChaosRun extends Pick<Report, 'lost' | 'repeated' | 'outOfOrder' | 'attempts' | 'peak'> {
  clients: ChaosClient[]
}

/** How long it lasts, unless it is a single blow, and what happens. */
type Fault = readonly [lasts: readonly [number, number] | undefined, strike: Strike]
type Strike = (stage: { world: World; network: Network }, server: Server, duration: number) => void

const crash: Strike = ({ world, network }, server, duration) => {
  network.cut(server)
  server.crash()
  world.after(duration, () => server.start())
}

const faults: readonly Fault[] = [
  // Streams are cut.
  [undefined, (stage, server) => crash(stage, server, 0)],
  // They are half-open.
  [undefined, ({ network }, server) => network.forget(server)],
  // A black hole.
  [[1_000, 7_000], ({ network }, server, duration) => network.swallow(server, duration)],
  // Connections are refused.
  [[500, 5_000], crash],
  // SIGSTOP; a stall looks the same.
  [[1_000, 7_000], ({ network }, server, duration) => network.stop(server, duration)],
]

/**
 * What `npm run chaos` does, in virtual time: three servers, one fault a second for a minute, and always one of the servers
 * well; clients of three policies in each of three processes, and 20 events a second.
 */
export async function chaosRun(seed: number): Promise<ChaosRun> {
  const world = new World(seed)
  const log = new Log(world, 2)
  const servers = ['s1', 's2', 's3'].map((name) => new Server(name, world, log, heartbeat))
  const network = new Network(world, servers)
  const urls = servers.map(({ name }) => `http://${name}/events`)
  publish(world, log, 'brisk')
  const processes = [1, 2, 3].map(() => clockOf(world))
  const clients = processes.flatMap((clock, index) =>
    policies.map((policy) => {
      const client = new Client(`${policy} ${index}`, world)
      world.after(world.between(0, 100), () => client.start(policy, urls, network.fetchOf(client), clock))
      return { client, policy }
    }),
  )
  await world.run(calmFor)
  await wreak(world, network, servers, calmFor + 60_000)
  await world.run(world.now + 20_000)
  for (const { client } of clients) client.finish()
  const all = clients.map(({ client }) => client)
  return {
    ...reportOf(all, log, network.attempts, calmFor, world.now - 2_000),
    clients: clients.map(({ client, policy }) => ({ policy, interruptions: interruptionsOf(client) })),
  }
}

async function wreak(world: World, network: Network, servers: readonly Server[], until: number): Promise<void> {
  const afflicted = new Set<Server>()
  while (world.now < until) {
    await world.run(world.now + 1_000)
    const well = servers.filter((server) => !afflicted.has(server))
    const server = well[Math.floor(world.random() * well.length)] as Server
    const possible = well.length > 1 ? faults : faults.filter(([lasts]) => !lasts)
    const [lasts, strike] = possible[Math.floor(world.random() * possible.length)] as Fault
    const duration = lasts ? world.between(...lasts) : 0
    strike({ world, network }, server, duration)
    if (!lasts) continue
    afflicted.add(server)
    world.after(duration, () => afflicted.delete(server))
  }
}

function interruptionsOf({ got }: Client): number[] {
  return got.map(({ at }, index) => (got[index + 1]?.at ?? at) - at).filter((lasted) => lasted > 200)
}
