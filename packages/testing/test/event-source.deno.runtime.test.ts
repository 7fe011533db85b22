import { eventSourceContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { runInProcess } from '../src/event-source/runtimes.ts'
import { workspaceRoot } from '../src/launch.ts'

// The binary itself, since its npm shim does not pass signals on.
const deno = `${workspaceRoot}node_modules/deno/deno`
eventSourceContract('Deno', everywhere, (bases) => runInProcess(deno, ['run', '-A', '--no-config'], bases))
