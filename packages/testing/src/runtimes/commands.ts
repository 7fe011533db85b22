import { workspaceRoot } from '../launch.ts'

/** How a runtime that runs a script is started. */
export interface Command {
  command: string
  args?: readonly string[]
  env?: Record<string, string> | undefined
}

/** Deno's binary itself, since its npm shim does not pass signals on. */
const deno = { command: `${workspaceRoot}node_modules/deno/deno`, env: { DENO_NO_UPDATE_CHECK: '1' } }
const source = '--conditions=@holdfast/source'

/** To run a script that needs nothing of the workspace. */
export const bundled: Record<'node' | 'bun' | 'deno', Command> = {
  node: { command: 'node' },
  bun: { command: 'bun' },
  deno: { ...deno, args: ['run', '-A', '--no-config'] },
}

/** To run a file of the workspace from source. */
export const fromSource: Record<'node' | 'bun' | 'deno', Command & { args: readonly string[] }> = {
  node: { command: 'node', args: [source] },
  bun: { command: 'bun', args: [source] },
  deno: { ...deno, args: ['run', '-A', '--node-modules-dir=manual', source] },
}
