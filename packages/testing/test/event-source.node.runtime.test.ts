import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'
import { processContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { bundled } from '../src/runtimes/commands.ts'

processContract('Node 26', everywhere, bundled.node)

// The oldest one that is supported is not among the dependencies: only where the system has it.
const isNode20 = (path: string): boolean =>
  spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v20.') ?? false
const node20 = ['/usr/local/bin/node', '/usr/bin/node'].find(isNode20)
describe.skipIf(!node20)('the oldest Node', () => processContract('Node 20', everywhere, { command: node20 ?? '' }))
