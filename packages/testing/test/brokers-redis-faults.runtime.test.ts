import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { fromIoredis, redisBroker, type RedisBrokerOptions } from '@holdfast/adapters/redis'
import type { Broker } from '@holdfast/core/hub'
import type { BrokerLimits, BrokerSubject } from '@holdfast/core/testing'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRedisBroker } from '../src/brokers/engines/redis.ts'
import { trimmedWhileAway } from '../src/brokers/faults/cases.ts'
import { FaultScene, type OpenAt, topic } from '../src/brokers/faults/scene.ts'
import { expectNothingLost } from '../src/brokers/faults/three-runtimes.ts'
import { expectKept } from '../src/brokers/judge.ts'
import { runContract } from '../src/brokers/run-contract.ts'
import { RedisPair } from '../src/brokers/redis-pair.ts'
import { RedisCluster } from '../src/brokers/redis-cluster.ts'
import { RedisSentinel } from '../src/brokers/redis-sentinel.ts'
import { RedisServer } from '../src/brokers/redis-server.ts'
import { requireTool } from '../src/require-tool.ts'

const redis = requireTool('redis-server') ?? ''
const clients = process.env['HOLDFAST_FULL'] === '1' ? (['redis', 'ioredis'] as const) : (['redis'] as const)

const open: OpenAt = (port, options) => openRedisBroker(`redis://127.0.0.1:${port}`, options)

describe.skipIf(!redis)('redisBroker, where Redis itself fails:', () => {
  it('kill -9 and restart without data is a gap that every reader is told', async () => {
    await using server = await RedisServer.start(redis)
    await using scene = await FaultScene.start(server.port, open)
    await server.restart()
    await scene.going()
    for (const index of [0, 1, 2]) await scene.expectGap(index, 'new-epoch')
  })

  it('history trimmed while a hub is away is a gap that its readers are told', async () => {
    await using server = await RedisServer.start(redis)
    await trimmedWhileAway(open, server)
  })

  // Filling the buffers of the kernel first takes its time.
  it('a subscriber whose buffer is full is cut, and misses nothing', async () => {
    await using server = await RedisServer.start(redis, {
      settings: ['--client-output-buffer-limit', 'pubsub 65536 0 0'],
    })
    await using scene = await FaultScene.start(server.port, open)
    const proxied = scene.hubs[2]?.proxy.connections ?? []
    for (const connection of proxied) connection.stall('down')
    const text = 'x'.repeat(50_000)
    const isCut = async (): Promise<boolean> =>
      !/client_output_buffer_limit_disconnections:0\b/.test(await server.command('INFO', 'stats'))
    for (let sent = 0; sent < 1_000 && !(await isCut()); sent++) await scene.hubs[0]?.broker.signals?.send('*', text)
    expect(await isCut()).toBe(true)
    for (const connection of proxied) connection.resume('down')
    await scene.expectAllOnce()
  })
})

describe.skipIf(!redis)('redisBroker in hubs on three runtimes', () => {
  const faults = {
    'kill -9 and restart': (server: RedisServer) => server.restart(),
    'a SIGSTOP of 5 s': async (server: RedisServer) => {
      const thaw = server.freeze()
      await wait(5_000)
      thaw()
    },
  }
  it.each(Object.entries(faults))('loses nothing over %s', async (_name, fault) => {
    await using server = await RedisServer.start(redis, { durable: true })
    const connection = `${server.url}?prefix=three:`
    const openThree = () => openRedisBroker(connection, {})
    await expectNothingLost({ module: 'redis', connection, open: openThree, fault: () => fault(server) })
  })
})

describe.skipIf(!redis)('redisBroker, when a replica takes over,', () => {
  it('loses nothing where the replica had everything, though publishers move first', async () => {
    await using pair = await RedisPair.start(redis)
    const { open: openMovable, move } = movable(pair)
    await using scene = await FaultScene.start(pair.primary.port, openMovable)
    await pair.settle()
    await pair.promote()
    for (const index of [0, 1]) move(scene, index)
    await wait(1_500)
    move(scene, 2)
    await scene.expectAllOnce()
  })

  it('begins a new epoch where the replica lacked what readers had been told', async () => {
    await using pair = await RedisPair.start(redis)
    const { open: openMovable, move } = movable(pair)
    await using scene = await FaultScene.start(pair.primary.port, openMovable)
    await pair.caughtUp()
    pair.part()
    await scene.going()
    await pair.primary.kill()
    await pair.promote()
    for (const index of [0, 1, 2]) move(scene, index)
    await scene.going()
    for (const index of [0, 1, 2]) await scene.expectGap(index, 'new-epoch')
  })
})

describe.skipIf(!redis)('redisBroker with a sentinel', () => {
  function clientOf(client: 'redis' | 'ioredis', { name, port }: RedisSentinel) {
    const sentinels = [{ host: '127.0.0.1', port }]
    return client === 'redis'
      ? createSentinel({ name, sentinelRootNodes: sentinels })
      : fromIoredis(new Redis({ sentinels, name, lazyConnect: true }))
  }

  it.each(clients)('follows it to the new primary on %s, and loses nothing', async (client) => {
    await using pair = await RedisPair.start(redis)
    await pair.caughtUp()
    await using sentinel = await RedisSentinel.start(redis, pair.primary)
    const open: OpenAt = (_port, options) => redisBroker(clientOf(client, sentinel), options)
    // To be led by a sentinel takes several connections.
    await using scene = await FaultScene.start(pair.primary.port, open, { timeout: 3_000 })
    await pair.settle()
    await pair.primary.kill()
    await scene.going(30_000)
    await scene.expectAllOnce()
  })
})

describe.skipIf(!redis)('redisBroker on a cluster', () => {
  let cluster: RedisCluster
  beforeAll(async () => void (cluster = await RedisCluster.start(redis)))
  afterAll(() => cluster[Symbol.asyncDispose]())

  function openOn(client: 'redis' | 'ioredis', options: RedisBrokerOptions): Broker {
    return client === 'redis'
      ? redisBroker(createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) }), options)
      : redisBroker(fromIoredis(new Cluster(cluster.urls, { lazyConnect: true })), options)
  }

  const lacks = {
    disconnect: 'its clients find nodes by the addresses that these tell, behind any proxy',
    restart: 'a single server has shown it',
    'lose-history': 'a single server has shown it',
  }
  it.each(clients)('keeps the contract, the keys of each topic in one slot, on %s', async (client) => {
    const create = async (limits: BrokerLimits): Promise<BrokerSubject> => {
      const options = { ...limits, prefix: `${randomUUID()}:` }
      return { broker: openOn(client, options), another: async () => openOn(client, options) }
    }
    expectKept(await runContract({ create, lacks }), lacks)
  })

  it.each(clients)('misses nothing while the slot of a topic moves, on %s', async (client) => {
    const prefix = `${randomUUID()}:`
    const openCluster: OpenAt = (_port, options) => openOn(client, { ...options, prefix })
    await using scene = await FaultScene.start(cluster.nodes[0]?.port ?? 0, openCluster)
    await cluster.moveSlotOf(`${prefix}{${topic}}`)
    await scene.going()
    await cluster.moveSlotOf(`${prefix}{${topic}}`)
    await scene.expectAllOnce()
  })
})

/** Hubs on a pair that can be moved from one to the other as a DNS name or a load balancer does. */
function movable({ replica }: RedisPair): { open: OpenAt; move(scene: FaultScene, index: number): void } {
  const moved = new Set<number>()
  return {
    open: (port, options, index) => {
      const url = (): string => (moved.has(index) ? replica.url : `redis://127.0.0.1:${port}`)
      return redisBroker({ options: {}, duplicate: (overrides) => createClient({ ...overrides, url: url() }) }, options)
    },
    move: (scene, index) => {
      moved.add(index)
      for (const connection of scene.hubs[index]?.proxy.connections ?? []) connection.rst()
    },
  }
}
