import { afterAll, beforeAll, it } from 'vitest'
import { expectKept } from '../src/brokers/judge.ts'
import { memoryBrokerLacks } from '../src/brokers/memory-broker-lacks.ts'
import type { CaseResult } from '../src/brokers/run-contract.ts'
import { workerd } from '../src/contract/runtimes.ts'
import { type LaunchedServer, launch, workspaceRoot } from '../src/launch.ts'

let server: LaunchedServer
beforeAll(async () => {
  server = await launch({ ...workerd, args: [`${workspaceRoot}packages/testing/src/brokers/workerd.ts`] })
})
afterAll(() => server.close())

it.each([
  { path: 'memory', lacks: memoryBrokerLacks },
  { path: 'object', lacks: { disconnect: 'inside workerd nothing parts a Worker from an object' } },
])('the contract holds inside workerd for a broker in $path', async ({ path, lacks }) => {
  const response = await fetch(`${server.url}/${path}`)
  expectKept((await response.json()) as CaseResult[], lacks)
})
