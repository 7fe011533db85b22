import { brokerContract, type BrokerLimits, type BrokerSubject } from '@holdfast/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { ExampleRedisBroker } from '../src/brokers/redis-broker.ts'
import { RedisServer } from '../src/brokers/redis-server.ts'
import { RespConnection } from '../src/brokers/resp.ts'
import { startFaultProxy } from '../src/fault-proxy/index.ts'
import { requireTool } from '../src/require-tool.ts'

const redis = requireTool('redis-server')

describe.skipIf(!redis)('a throw-away broker on Redis', () => {
  let server: RedisServer
  let subjects = 0

  beforeAll(async () => {
    server = await RedisServer.start(redis as string, { durable: true })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function loseHistory(): Promise<void> {
    const connection = new RespConnection(server.port)
    await connection.send('FLUSHALL')
    connection.close()
  }

  async function create({ maxEvents }: BrokerLimits): Promise<BrokerSubject> {
    // Names that are no pattern and no prefix of one another.
    const prefix = `case:${++subjects}:`
    const proxy = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
    const disconnect = async (): Promise<() => Promise<void>> => {
      proxy.stopListening()
      for (const connection of proxy.connections) connection.rst()
      return async () => void (await proxy.listen())
    }
    return {
      broker: new ExampleRedisBroker(proxy.port, prefix, maxEvents),
      another: async () => new ExampleRedisBroker(server.port, prefix, maxEvents),
      faults: { disconnect, restart: () => server.restart(), loseHistory },
      dispose: () => proxy.close(),
    }
  }

  for (const { name, run } of brokerContract({ create })) it(name, run)
})
