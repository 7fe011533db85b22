import { Client, type Policy } from './client.ts'
import { Log } from './log.ts'
import { Network } from './network.ts'
import { type Report, reportOf } from './report.ts'
import { type Reply, Server } from './server.ts'
import { World } from './world.ts'

const policies: readonly Policy[] = ['none', 'standby', 'full', 'auto']
const faultsUntil = 25_000

export interface RandomRun extends Report {
  received: number
  errors: unknown[]
}

/**
 * A few clients of random policies, and everything that can go wrong at random moments: cut streams, silent paths,
 * refusals, answers that do not come, drained and stale servers, short histories, logs that begin again. Then peace, so
 * that everybody can catch up.
 */
export async function randomRun(seed: number): Promise<RandomRun> {
  const world = new World(seed)
  const { random } = world
  const log = new Log(world, 1 + Math.floor(random() * 4))
  if (random() < 0.4) log.keep = Math.ceil(random() * 10)
  const servers = ['s1', 's2', 's3'].map((name) => new Server(name, world, log))
  const network = new Network(world, servers)
  const clients = [1, 2].map((index) => new Client(`c${index}`, world))
  const urls = servers.slice(0, 1 + Math.floor(random() * 3)).map(({ name }) => `http://${name}/events`)
  const pace = world.between(20, 400)
  const pauses = random() < 0.5 ? 0.03 : 0
  const publish = (): void => {
    const topic = log.topics[Math.floor(random() * log.topics.length)]
    if (topic && random() < 0.002) log.restart(topic)
    else if (topic) log.publish(topic)
    world.after(random() < pauses ? world.between(500, 8_000) : 2 * pace * random(), publish)
  }
  publish()
  for (const client of clients) {
    const policy = policies[Math.floor(random() * policies.length)] as Policy
    world.after(500 * random(), () => client.start(policy, urls, network.fetchOf(client)))
  }
  while (world.now < faultsUntil) {
    await world.run(world.now + world.between(100, 4_000))
    misfortune(world, network, servers[Math.floor(random() * servers.length)] as Server)
  }
  await world.run(faultsUntil + 20_000)
  const until = world.now
  await world.run(until + 40_000)
  for (const client of clients) client.finish()
  const received = clients.reduce((sum, { got }) => sum + got.length, 0)
  const errors = clients.flatMap(({ error }) => (error === undefined ? [] : [error]))
  return { ...reportOf(clients, log, network.attempts, 0, until), received, errors }
}

function misfortune(world: World, network: Network, server: Server): void {
  const away = world.between(100, 8_000)
  const crash = (): void => {
    network.cut(server)
    server.crash()
  }
  const restart = (): void => {
    if (server.up) crash()
    server.stale = false
    server.start()
  }
  switch (Math.floor(world.random() * 8)) {
    case 0:
      crash()
      world.after(away, restart)
      break
    case 1:
      network.hole(server, away)
      break
    case 2:
      server.drain(away)
      world.after(away + 500, restart)
      break
    case 3:
      // Its streams end, and it goes on at once.
      crash()
      server.start()
      break
    case 4:
      server.stale = true
      world.after(away, restart)
      break
    case 5:
      server.refusal = refusalOf(world, server)
      world.after(away, () => (server.refusal = undefined))
      break
    case 6:
      server.think = 12_000
      world.after(away, () => (server.think = 2))
      break
    default:
      server.late = server.late > 0 ? 0 : away / 4
  }
}

// That there is no stream, where that cannot be the last word of all of them: every client knows the first server.
function refusalOf(world: World, { name }: Server): Reply {
  const statuses = name === 's1' ? [408, 429, 502, 503] : [404, 410, 429, 502, 503]
  const status = statuses[Math.floor(world.random() * statuses.length)] as number
  return { status, headers: world.random() < 0.5 ? { 'retry-after': String(Math.floor(world.between(0, 8))) } : {} }
}
