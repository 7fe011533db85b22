import type { Broker } from '@holdfast/core/hub'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import type { Engine, EnginePart } from '../src/brokers/engine.ts'
import { openBroker } from '../src/brokers/engines/nats.ts'
import { HubProcess } from '../src/brokers/hubs.ts'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { readAll } from '../src/brokers/read-all.ts'
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

const runtimes = ['node', 'bun', 'deno'] as const
// The whole takes minutes: HOLDFAST_FULL=1.
const isFull = process.env['HOLDFAST_FULL'] === '1'
const count = isFull ? 400 : 120

/** Three hubs on three runtimes that publish while something happens to their servers; each event once, in one order. */
async function expectAllOnce(connections: readonly string[], happens: () => Promise<void>): Promise<void> {
  const hubs = await Promise.all(
    runtimes.map((runtime, index) =>
      HubProcess.start({
        runtime,
        module: 'nats',
        connection: connections[index] ?? '',
        name: runtime,
        count,
        pause: 10,
      }),
    ),
  )
  try {
    await eventually('some events', () => hubs.every(({ stored }) => stored.length > 20), { within: 20_000 })
    await happens()
    await Promise.all(hubs.map((hub) => hub.allStored(90_000)))
    const history = await historyAt(connections.at(-1) ?? '')
    await Promise.all(hubs.map((hub) => hub.hears(history.at(-1) ?? '', 20_000)))
    expect(history.toSorted()).toEqual(hubs.flatMap((hub) => hub.stored).toSorted())
    for (const { heard, stored } of hubs) {
      expect(heard).toEqual(history)
      expect(heard.filter((data) => stored.includes(data))).toEqual(stored)
    }
    for (const { refused } of hubs) {
      expect(refused.filter(({ code }) => code !== 'broker-unavailable')).toEqual([])
      // The deadline of a call is 2 s, and that of a busy machine's turn some more.
      expect(Math.max(0, ...refused.map(({ took }) => took))).toBeLessThan(6_000)
    }
  } finally {
    await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
  }
}

async function historyAt(connection: string): Promise<string[]> {
  const broker = await openBroker(connection, { maxEvents: 100_000 })
  try {
    return (await readAll(broker, 't')).map(({ data }) => data)
  } finally {
    await broker.close()
  }
}

/** The index of the server that leads a stream. */
async function leaderOf(stream: string, servers: readonly NatsServer[]): Promise<number> {
  const connection = await connect({ servers: servers.map(({ port }) => `127.0.0.1:${port}`) })
  const answer = await connection.request(`$JS.API.STREAM.INFO.${stream}`)
  await connection.close()
  const { cluster } = answer.json<{ cluster: { leader: string } }>()
  return Number(cluster.leader.slice(1))
}

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

// Some 30 s: with HOLDFAST_FULL=1.
describe.runIf(nats && isFull)('a cluster of three NATS servers', () => {
  it('loses and repeats nothing when the leader of the stream is killed', async () => {
    const servers = await NatsServer.startCluster(nats as string)
    try {
      const hosts = servers.map(({ port }) => `nats://127.0.0.1:${port}/cluster?replicas=3`)
      await expectAllOnce(hosts, async () => {
        const leader = servers[await leaderOf('cluster', servers)]
        await leader?.kill()
        await pause(5_000)
        await leader?.launch()
      })
    } finally {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    }
  })
})
