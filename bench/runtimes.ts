import { fileURLToPath } from 'node:url'

const bin = (name: string): string => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url))

/** How each runtime runs a TypeScript file of this workspace, which may ask for garbage to be collected. */
export const commands: Record<string, string[]> = {
  node: [bin('node'), '--expose-gc', '--conditions=@holdfast/source'],
  bun: [bin('bun'), '--conditions=@holdfast/source'],
  deno: [
    // The program itself: npm's wrapper of it would not pass a signal on.
    fileURLToPath(new URL('../node_modules/deno/deno', import.meta.url)),
    'run',
    '-A',
    '--quiet',
    '--v8-flags=--expose-gc',
    '--node-modules-dir=manual',
    '--conditions=@holdfast/source',
  ],
}
