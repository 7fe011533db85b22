import { connect } from '@nats-io/transport-node'
import { describe, it } from 'vitest'
import { eventually } from '../src/eventually.ts'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { newerNats } from '../src/brokers/newer-nats.ts'
import { expectAllOnce } from '../src/brokers/three-hubs.ts'

// Some 75 s, and not a part of `npm test`, since Debian 12 has no server for it: HOLDFAST_FULL=1.
const nats = newerNats()
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** kill -9 of the server that leads the stream, and its start. */
async function killLeader(servers: readonly NatsServer[], downFor: number): Promise<void> {
  const leader = await eventually('a leader', () => leaderOf('cluster', servers), { within: 30_000 })
  await leader.kill()
  await pause(downFor)
  await leader.start()
}

async function leaderOf(stream: string, servers: readonly NatsServer[]): Promise<NatsServer | undefined> {
  const connection = await connect({ servers: servers.map(({ port }) => `127.0.0.1:${port}`) })
  try {
    const answer = await connection.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: 1_000 })
    const { cluster } = answer.json<{ cluster?: { leader?: string } }>()
    return servers.find((_, index) => cluster?.leader === `n${index}`)
  } catch {
    return undefined
  } finally {
    await connection.close()
  }
}

describe.skipIf(!nats)('a cluster of three NATS servers loses and repeats nothing', () => {
  async function withCluster(happens: (servers: readonly NatsServer[]) => Promise<void>): Promise<void> {
    const servers = await NatsServer.startCluster(nats as string)
    try {
      const hosts = servers.map(({ port }) => `nats://127.0.0.1:${port}/cluster?replicas=3`)
      await expectAllOnce(hosts, () => happens(servers))
    } finally {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    }
  }

  it('when the leader of the stream is killed', () => withCluster((servers) => killLeader(servers, 5_000)))

  it('when one leader after the other is killed', () =>
    withCluster(async (servers) => {
      // Some are there again before another leads.
      for (const downFor of [2_500, 300, 2_500, 300]) {
        await killLeader(servers, downFor)
        await pause(2_500)
      }
    }))
})
