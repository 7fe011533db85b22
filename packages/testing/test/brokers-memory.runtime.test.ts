import { expect, it } from 'vitest'
import { expectKept } from '../src/brokers/judge.ts'
import { memoryBrokerLacks } from '../src/brokers/memory-broker-lacks.ts'
import type { CaseResult } from '../src/brokers/run-contract.ts'
import { LaunchedServer, workspaceRoot } from '../src/launch.ts'
import { fromSource } from '../src/runtimes/commands.ts'

const script = `${workspaceRoot}packages/testing/src/brokers/memory-in-a-process.ts`

it.each(['bun', 'deno'] as const)('memoryBroker keeps the contract under %s', async (runtime) => {
  const command = fromSource[runtime]
  await using process = new LaunchedServer({ ...command, args: [...command.args, script] })
  const code = await process.exited
  expect({ code, output: code === 0 ? '' : process.output }).toEqual({ code: 0, output: '' })
  const line = /^results (.*)$/m.exec(process.output)?.[1] ?? '[]'
  expectKept(JSON.parse(line) as CaseResult[], memoryBrokerLacks)
})
