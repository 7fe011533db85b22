import { describe, it } from 'vitest'
import { startEngine } from '../src/fleet/engines.ts'
import { emptied, frozen, restarted } from '../src/fleet/network-faults.ts'
import { startSqlite } from '../src/fleet/sqlite-engine.ts'
import { allKilled, stoppedWithLock } from '../src/fleet/sqlite-faults.ts'
import { trial } from '../src/fleet/trial.ts'
import { requireTool } from '../src/require-tool.ts'

// A part of what engines-clients.full.runtime.test.ts tries, so that each engine and each kind of judgement is in every run.
describe('servers on three runtimes and their clients survive', () => {
  const [redis, postgres, nats] = [requireTool('redis-server'), requireTool('postgres'), requireTool('nats-server')]

  it.skipIf(!redis)(`Redis: ${emptied.name}`, async () => {
    await trial(() => startEngine('redis', redis ?? ''), emptied)
  })

  it.skipIf(!postgres)(`Postgres: ${restarted.name}`, async () => {
    await trial(() => startEngine('postgres', postgres ?? ''), restarted)
  })

  it.skipIf(!nats)(`NATS: ${frozen.name}`, async () => {
    await trial(() => startEngine('nats', nats ?? ''), frozen)
  })

  it.each([allKilled, stoppedWithLock])('SQLite: $name', async (fault) => {
    await trial(startSqlite, fault)
  })
})
