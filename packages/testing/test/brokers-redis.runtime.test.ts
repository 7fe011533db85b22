import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerContract, type BrokerLimits, type BrokerSubject } from '@holdfast/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ExampleRedisBroker } from '../src/brokers/redis-broker.ts'
import { RespConnection } from '../src/brokers/resp.ts'
import { startFaultProxy } from '../src/fault-proxy/index.ts'
import { freePort, type LaunchedServer, launch } from '../src/launch.ts'
import { requireTool } from '../src/require-tool.ts'

const redis = requireTool('redis-server')

describe.skipIf(!redis)('a throw-away broker on Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'))
  let port = 0
  let server: LaunchedServer
  let subjects = 0

  const start = (): Promise<LaunchedServer> =>
    launch({
      command: redis as string,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always'],
      ready: /Ready to accept connections/,
    })

  beforeAll(async () => {
    port = await freePort()
    server = await start()
  })

  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  async function restart(): Promise<void> {
    await server.close()
    server = await start()
  }

  async function loseHistory(): Promise<void> {
    const connection = new RespConnection(port)
    await connection.send('FLUSHALL')
    connection.close()
  }

  async function create({ maxEvents }: BrokerLimits): Promise<BrokerSubject> {
    // Names that are no pattern and no prefix of one another.
    const prefix = `case:${++subjects}:`
    const proxy = await startFaultProxy({ target: `http://127.0.0.1:${port}` })
    const disconnect = async (): Promise<() => Promise<void>> => {
      proxy.stopListening()
      for (const connection of proxy.connections) connection.rst()
      return async () => void (await proxy.listen())
    }
    return {
      broker: new ExampleRedisBroker(proxy.port, prefix, maxEvents),
      another: async () => new ExampleRedisBroker(port, prefix, maxEvents),
      faults: { disconnect, restart, loseHistory },
      dispose: () => proxy.close(),
    }
  }

  for (const { name, run } of brokerContract({ create })) it(name, run)
})
