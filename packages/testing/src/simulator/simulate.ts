import { Client, type Policy } from './client.ts'
import { Log } from './log.ts'
import { Network } from './network.ts'
import { publish, type Publisher } from './publishers.ts'
import { type Report, reportOf } from './report.ts'
import { faultAt, scenarios } from './scenarios.ts'
import { Server } from './server.ts'
import { World } from './world.ts'

export interface SimulationOptions {
  scenario: string
  policy: Policy
  seed?: number | undefined
  /** Default the scenario's own. */
  clients?: number | undefined
  /** Default 5,000 ms. */
  heartbeat?: number | undefined
  /** Default the scenario's own. */
  publisher?: Publisher | undefined
}

export interface Simulation extends Report {
  /** How many deliver from each server at the end. */
  shares: number[]
  /** Requests for standbys, for each client and minute from the fault on: with `none` those are the probes. */
  standbys: number
  errors: unknown[]
}

/** Play one scenario to clients of one policy: three servers, one log, two topics. */
export async function simulate({
  scenario: name,
  policy,
  seed = 1,
  clients: count,
  heartbeat = 5_000,
  publisher,
}: SimulationOptions): Promise<Simulation> {
  const scenario = scenarios[name]
  if (!scenario) throw new RangeError(`Cannot simulate "${name}": there are ${Object.keys(scenarios).join(', ')}`)
  const world = new World(seed)
  const log = new Log(world, 2)
  const servers = ['s1', 's2', 's3'].map((server) => new Server(server, world, log, heartbeat))
  const network = new Network(world, servers, scenario.roundTrip)
  const urls = servers.map((server) => `http://${server.name}/events`)
  const clients = Array.from({ length: count ?? scenario.clients }, (_, index) => new Client(`c${index}`, world))
  publish(world, log, publisher ?? scenario.publisher ?? 'steady')
  for (const client of clients)
    world.after(world.between(1_000, 6_000), () => client.start(policy, urls, network.fetchOf(client)))
  await world.run(faultAt)
  scenario.fault({ world, log, network, servers, clients })
  const until = faultAt + scenario.duration
  await world.run(until)
  const shares = servers.map(({ streams }) => [...streams].filter(({ standby }) => !standby).length)
  for (const client of clients) client.finish()
  // What was written last may be on its way.
  const report = reportOf(clients, log, network.attempts, faultAt, until - 6_000)
  const standbys = network.standbys.filter((at) => at >= faultAt).length / clients.length / (scenario.duration / 60_000)
  return { ...report, shares, standbys, errors: clients.flatMap(({ error }) => (error === undefined ? [] : [error])) }
}
