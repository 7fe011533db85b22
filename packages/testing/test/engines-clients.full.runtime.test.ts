import { describe, it } from 'vitest'
import { startEngine } from '../src/fleet/engines.ts'
import { networkFaults } from '../src/fleet/network-faults.ts'
import { FleetScene } from '../src/fleet/scene.ts'
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
