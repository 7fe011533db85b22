import { brokerContract } from '@holdfast/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { contractOptions } from '../src/brokers/contract-options.ts'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import { openBroker, openPostgresBroker } from '../src/brokers/engines/postgres.ts'
import { faultCases } from '../src/brokers/faults/cases.ts'
import type { OpenAt } from '../src/brokers/faults/scene.ts'
import { postgresEngine } from '../src/brokers/postgres-engine.ts'
import { PostgresServer } from '../src/brokers/postgres-server.ts'
import { requireTool } from '../src/require-tool.ts'

const postgres = requireTool('postgres')

describe.skipIf(!postgres)('postgresBroker', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.start(postgres as string)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  describe('on Node', () => {
    for (const { name, run } of brokerContract(contractOptions(() => postgresEngine(server), openBroker))) it(name, run)
  })

  let scenes = 0
  describe('each event once, in order:', () => {
    const open = (): OpenAt => {
      const schema = `faults_${++scenes}`
      return (port, options) =>
        openPostgresBroker(`postgres://postgres@127.0.0.1:${port}/postgres?schema=${schema}`, options)
    }
    for (const { name, run } of faultCases(open, () => server)) it(name, run)
  })

  // They mostly wait.
  it.concurrent.each(['bun', 'deno'] as const)('keeps the contract under %s', async (runtime) => {
    await using own = await PostgresServer.start(postgres as string)
    await expectContractUnder(runtime, 'postgres', postgresEngine(own))
  })
})
