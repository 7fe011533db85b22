import { connect } from '@nats-io/transport-node'
import { describe, it } from 'vitest'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { expectAllOnce } from '../src/brokers/three-hubs.ts'
import { requireTool } from '../src/require-tool.ts'

// Some 40 s, and not a part of `npm test`: HOLDFAST_FULL=1.
const nats = requireTool('nats-server')

/** The index of the server that leads a stream. */
async function leaderOf(stream: string, servers: readonly NatsServer[]): Promise<number> {
  const connection = await connect({ servers: servers.map(({ port }) => `127.0.0.1:${port}`) })
  const answer = await connection.request(`$JS.API.STREAM.INFO.${stream}`)
  await connection.close()
  const { cluster } = answer.json<{ cluster: { leader: string } }>()
  return Number(cluster.leader.slice(1))
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe.skipIf(!nats)('a cluster of three NATS servers', () => {
  it('loses and repeats nothing when the leader of the stream is killed', async () => {
    const servers = await NatsServer.startCluster(nats as string)
    try {
      const hosts = servers.map(({ port }) => `nats://127.0.0.1:${port}/cluster?replicas=3`)
      await expectAllOnce(hosts, async () => {
        const leader = servers[await leaderOf('cluster', servers)]
        await leader?.kill()
        await pause(5_000)
        await leader?.start()
      })
    } finally {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    }
  })
})
