import { fileURLToPath } from 'node:url'

const root = new URL('../../../../', import.meta.url)
const path = (name: string): string => fileURLToPath(new URL(name, root))
const source = '--conditions=@holdfast/source'

/** What runs each of the stream servers: the workspace's own binaries, whose shims would not pass signals on. */
export const runtimes: readonly { name: string; command: string[] }[] = [
  { name: 'Node', command: [path('node_modules/node/bin/node'), source, path('apps/node/src/demo-server.ts')] },
  { name: 'Bun', command: [process.execPath, source, path('apps/bun/src/demo-server.ts')] },
  {
    name: 'Deno',
    command: [
      path('node_modules/deno/deno'),
      'run',
      '-A',
      '--quiet',
      '--node-modules-dir=manual',
      source,
      path('apps/deno/src/demo-server.ts'),
    ],
  },
]
