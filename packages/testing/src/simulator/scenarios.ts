import type { Client } from './client.ts'
import type { Log } from './log.ts'
import type { Network } from './network.ts'
import type { Publisher } from './publishers.ts'
import type { Server } from './server.ts'
import type { World } from './world.ts'

export interface Stage {
  world: World
  log: Log
  network: Network
  servers: readonly Server[]
  clients: readonly Client[]
}

export interface Scenario {
  clients: number
  /** How long the run goes on after the fault, at `faultAt`. */
  duration: number
  /** Default `steady`. */
  publisher?: Publisher
  /** Milliseconds of the fastest and the slowest path. Default 20 and 90. */
  roundTrip?: readonly [number, number]
  fault(stage: Stage): void
}

export const faultAt = 20_000

function crash({ network, world }: Stage, server: Server, downFor: number): void {
  network.cut(server)
  server.crash()
  world.after(downFor, () => server.start())
}

/** What happens to the servers; everything else is the same. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  crash: { clients: 300, duration: 60_000, fault: (stage) => crash(stage, stage.servers[0] as Server, 20_000) },
  'black hole': {
    clients: 300,
    duration: 150_000,
    fault: ({ network, servers }) => network.hole(servers[0] as Server, 60_000),
  },
  pauses: { clients: 300, duration: 180_000, publisher: 'pausing', fault: () => {} },
  bursts: { clients: 300, duration: 180_000, publisher: 'bursts', fault: () => {} },
  'slow paths': {
    clients: 300,
    duration: 120_000,
    publisher: 'pausing',
    roundTrip: [500, 3_000],
    fault: ({ network, servers }) => network.hole(servers[0] as Server, 60_000),
  },
  flapping: {
    clients: 300,
    duration: 90_000,
    fault: (stage) => {
      for (let index = 0; index < 5; index++)
        stage.world.after(index * 8_000, () => crash(stage, stage.servers[0] as Server, 2_000))
    },
  },
  deploy: {
    clients: 300,
    duration: 90_000,
    fault: (stage) => {
      for (const [index, server] of stage.servers.entries()) {
        stage.world.after(index * 20_000, () => {
          server.drain(10_000)
          stage.world.after(10_000, () => stage.network.cut(server))
          stage.world.after(15_000, () => server.start())
        })
      }
    },
  },
  herd: { clients: 1_000, duration: 40_000, fault: (stage) => crash(stage, stage.servers[0] as Server, 20_000) },
  partition: {
    clients: 300,
    duration: 120_000,
    fault: ({ network, servers, clients }) => {
      const half = new Set(clients.filter((_, index) => index % 2 === 0))
      for (const server of servers.slice(0, 2)) network.hole(server, 30_000, (client) => half.has(client))
    },
  },
  slow: {
    clients: 300,
    duration: 60_000,
    fault: ({ servers: [server] }) => {
      if (!server) return
      server.late = 3_000
      for (const { pipe } of server.streams) pipe.delay += 3_000
    },
  },
  overload: {
    clients: 300,
    duration: 60_000,
    fault: ({ servers: [server] }) => {
      if (!server) return
      server.load = 0.95
      server.think = 1_000
      server.shed = 0.3
    },
  },
  outage: {
    clients: 300,
    duration: 90_000,
    fault: (stage) => {
      for (const server of stage.servers) crash(stage, server, 20_000)
    },
  },
}
