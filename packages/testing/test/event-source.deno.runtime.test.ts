import { processContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { workspaceRoot } from '../src/launch.ts'

// The binary itself, since its npm shim does not pass signals on.
processContract('Deno', everywhere, { command: `${workspaceRoot}node_modules/deno/deno`, args: ['run', '-A', '--no-config'] })
