import { describe, it } from 'vitest'
import { startEngine } from '../src/fleet/engines.ts'
import { networkFaults } from '../src/fleet/network-faults.ts'
import { replicaFaults, startReplicatedRedis } from '../src/fleet/redis-replica.ts'
import { FleetScene } from '../src/fleet/scene.ts'
import { startSqlite } from '../src/fleet/sqlite-engine.ts'
import { fileFaults } from '../src/fleet/sqlite-faults.ts'
import { requireTool } from '../src/require-tool.ts'

describe.each([
  { kind: 'redis', tool: 'redis-server' },
  { kind: 'postgres', tool: 'postgres' },
  { kind: 'nats', tool: 'nats-server' },
] as const)('servers on three runtimes and their clients, over $kind,', ({ kind, tool }) => {
  const path = requireTool(tool) ?? ''
  it.skipIf(!path).each(networkFaults)('survive $name', async ({ run }) => {
    await using engine = await startEngine(kind, path)
    await using scene = await FleetScene.start(engine)
    await run(scene, engine)
  })
})

describe('servers on three runtimes and their clients, over one SQLite file,', () => {
  it.each(fileFaults)('survive $name', async ({ run }) => {
    await using engine = await startSqlite()
    await using scene = await FleetScene.start(engine)
    await run(scene, engine)
  })
})

describe('servers on three runtimes and their clients, over a Redis with a replica,', () => {
  const path = requireTool('redis-server') ?? ''
  it.skipIf(!path).each(replicaFaults)('survive $name', async ({ run }) => {
    await using engine = await startReplicatedRedis(path)
    await using scene = await FleetScene.start(engine)
    await run(scene, engine)
  })
})
