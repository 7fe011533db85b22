import type { Broker } from '@holdfast/core/hub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import type { Engine, EnginePart } from '../src/brokers/engine.ts'
import { openBroker } from '../src/brokers/engines/nats.ts'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { keepsReplicas } from '../src/brokers/newer-nats.ts'
import { expectAllOnce } from '../src/brokers/three-hubs.ts'
import { eventually } from '../src/eventually.ts'
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

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe.skipIf(!nats)('three hubs on NATS lose and repeat nothing', () => {
  let server: NatsServer
  beforeAll(async () => void (server = await NatsServer.start(nats as string)))
  afterAll(() => server[Symbol.asyncDispose]())
  const at = (name: string, port = server.port): string => `nats://127.0.0.1:${port}/${name}`

  it('when the server is killed and starts again', () =>
    expectAllOnce([at('killed'), at('killed'), at('killed')], async () => {
      await server.restart()
      await pause(500)
      await server.restart()
    }))

  it('when the server is frozen for longer than a call may take', () =>
    expectAllOnce([at('frozen'), at('frozen'), at('frozen')], async () => {
      server.signal('SIGSTOP')
      await pause(4_000)
      server.signal('SIGCONT')
    }))

  it('when one link is cut, and one goes silent', async () => {
    await using cut = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
    await using silent = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
    await expectAllOnce([at('links', cut.port), at('links', silent.port), at('links')], async () => {
      for (const connection of cut.connections) connection.rst()
      for (const connection of silent.connections) connection.blackHole()
      await pause(1_000)
    })
  })
})

describe.skipIf(!nats)('a stream on several servers', () => {
  it('is refused by a broker whose server is too old for it, and by a server that is alone', async () => {
    await using server = await NatsServer.start(nats as string)
    const broker = await openBroker(`nats://127.0.0.1:${server.port}/replicas?replicas=3`, { maxEvents: 1_000 })
    const code = keepsReplicas(nats as string) ? 'broker-unavailable' : 'nats-version'
    await expect(broker.publish('t', [{ data: 'x' }])).rejects.toMatchObject({ code })
    await broker.close()
  })
})

describe.skipIf(!nats)('a NATS that starts again without its data', () => {
  it('begins a later epoch, and subscribers are told', async () => {
    await using server = await NatsServer.start(nats as string)
    const broker: Broker = await openBroker(`nats://127.0.0.1:${server.port}/lost`, { maxEvents: 1_000 })
    const losses: unknown[] = []
    const heard: string[] = []
    await broker.subscribe('t', { onEvent: ({ data }) => heard.push(data), onLost: (reason) => losses.push(reason) })
    const first = await broker.publish('t', [{ data: 'before' }])
    await server.restart({ empty: true })
    await eventually('the loss', () => losses.length > 0, { within: 20_000 })
    const second = await broker.publish('t', [{ data: 'after' }])
    expect(second.position.epoch).toBeGreaterThan(first.position.epoch)
    expect(second.position.offset).toBe(1)
    expect((await broker.read('t', first.position, 10)).gap).toBe('new-epoch')
    await broker.close()
  })
})
