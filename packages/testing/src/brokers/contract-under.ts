import { expect } from 'vitest'
import { LaunchedServer, workspaceRoot } from '../launch.ts'
import { fromSource } from '../runtimes/commands.ts'
import type { Engine } from './engine.ts'
import { EngineControl } from './engine-control.ts'
import { expectKept } from './judge.ts'
import type { CaseResult } from './run-contract.ts'

const folder = `${workspaceRoot}packages/testing/src/brokers/`

/**
 * Run the broker contract in a runtime of its own, and fail unless every case passed that the engine does not lack.
 *
 * @param module - a file of `engines/`, without its ending
 */
export async function expectContractUnder(
  runtime: 'node' | 'bun' | 'deno',
  module: string,
  engine: Engine,
): Promise<void> {
  await using control = await EngineControl.start(engine)
  const { args, ...command } = fromSource[runtime]
  await using child = new LaunchedServer({
    ...command,
    args: [...args, `${folder}contract-in-a-process.ts`, `${folder}engines/${module}.ts`, control.url],
  })
  const code = await child.exited
  const results = [...child.output.matchAll(/^case (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as CaseResult)
  // First, since one that died says why in its output.
  expect({ code, output: code === 0 ? '' : child.output }).toEqual({ code: 0, output: '' })
  expectKept(results, engine.lacks)
}
