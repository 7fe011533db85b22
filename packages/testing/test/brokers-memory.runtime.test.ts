import { brokerContract } from '@holdfast/core/testing'
import { expect, it } from 'vitest'
import { memoryBrokerLacks } from '../src/brokers/memory-broker-lacks.ts'
import type { CaseResult } from '../src/brokers/run-contract.ts'
import { LaunchedServer, workspaceRoot } from '../src/launch.ts'

const script = `${workspaceRoot}packages/testing/src/brokers/memory-in-a-process.ts`
const source = '--conditions=@holdfast/source'

it.each([
  { runtime: 'bun', command: 'bun', args: [source, script] },
  // The binary itself: its npm shim does not pass signals on.
  { runtime: 'deno', command: `${workspaceRoot}node_modules/deno/deno`, args: ['run', '-A', '--node-modules-dir=manual', source, script] },
])('memoryBroker keeps the contract under $runtime', async ({ command, args }) => {
  await using process = new LaunchedServer({ command, args, env: { DENO_NO_UPDATE_CHECK: '1' } })
  const code = await process.exited
  expect({ code, output: code === 0 ? '' : process.output }).toEqual({ code: 0, output: '' })
  const line = /^results (.*)$/m.exec(process.output)?.[1] ?? '[]'
  const results = JSON.parse(line) as CaseResult[]
  const cases = brokerContract({ create: () => Promise.reject(new Error('not run here')), lacks: memoryBrokerLacks })
  expect(results).toEqual(cases.map(({ name, skip }) => (skip === undefined ? { name, outcome: 'passed' } : { name, outcome: 'skipped', detail: skip })))
})
