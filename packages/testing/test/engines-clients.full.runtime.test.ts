import { describe, it } from 'vitest'
import { startEngine } from '../src/fleet/engines.ts'
import { networkFaults } from '../src/fleet/network-faults.ts'
import { replicaFaults, startReplicatedRedis } from '../src/fleet/redis-replica.ts'
import { fullDisk, startOnSmallDisk } from '../src/fleet/small-disk.ts'
import { startSqlite } from '../src/fleet/sqlite-engine.ts'
import { fileFaults } from '../src/fleet/sqlite-faults.ts'
import { trial } from '../src/fleet/trial.ts'
import { requireTool } from '../src/require-tool.ts'

// What came of each goes into docs/engines-faults.md.
const report = (engine: string, line: string): void => console.info(`${engine}, ${line}`)

describe.each([
  { kind: 'redis', tool: 'redis-server' },
  { kind: 'postgres', tool: 'postgres' },
  { kind: 'nats', tool: 'nats-server' },
] as const)('servers on three runtimes and their clients, over $kind, survive', ({ kind, tool }) => {
  const path = requireTool(tool) ?? ''
  it.skipIf(!path).each(networkFaults)('$name', async (fault) => {
    report(kind, await trial(() => startEngine(kind, path), fault))
  })
})

describe('servers on three runtimes and their clients, over Redis, survive', () => {
  const path = requireTool('redis-server') ?? ''
  it.skipIf(!path).each(replicaFaults)('$name', async (fault) => {
    report('redis', await trial(() => startReplicatedRedis(path), fault))
  })
})

describe('servers on three runtimes and their clients, over one SQLite file, survive', () => {
  it.each(fileFaults)('$name', async (fault) => {
    report('sqlite', await trial(startSqlite, fault))
  })

  it('a full disk', async () => {
    report('sqlite', await trial(startOnSmallDisk, fullDisk))
  })
})
