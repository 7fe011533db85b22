import { afterAll, beforeAll, describe, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import type { Engine, EnginePart } from '../src/brokers/engine.ts'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { startFaultProxy } from '../src/fault-proxy/index.ts'
import { requireTool } from '../src/require-tool.ts'

const nats = requireTool('nats-server')

describe.skipIf(!nats)('natsBroker keeps the contract', () => {
  let server: NatsServer
  let parts = 0
  beforeAll(async () => void (server = await NatsServer.start(nats as string)))
  afterAll(() => server[Symbol.asyncDispose]())

  async function part(): Promise<EnginePart> {
    const stream = `case-${++parts}`
    const proxy = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
    const disconnect = async (): Promise<() => Promise<void>> => {
      proxy.stopListening()
      for (const connection of proxy.connections) connection.rst()
      return async () => void (await proxy.listen())
    }
    return {
      connection: `nats://127.0.0.1:${proxy.port}/${stream}`,
      direct: `nats://127.0.0.1:${server.port}/${stream}`,
      faults: { disconnect, restart: () => server.restart(), loseHistory: () => server.restart({ empty: true }) },
      dispose: () => proxy.close(),
    }
  }

  const engine: Engine = { part }
  it.each(['node', 'bun', 'deno'] as const)('under %s', (runtime) => expectContractUnder(runtime, 'nats', engine))
})
