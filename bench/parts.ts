/**
 * What does each part of `connect()` take of a bundle? Its bytes, minified and gzipped, that are gone where the part is empty.
 *
 *     node --conditions=@holdfast/source bench/parts.ts
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'

const source = fileURLToPath(new URL('../packages/core/src', import.meta.url))

const core: Record<string, string[]> = {
  'exactly once': ['delivery', 'coverage', 'positions', 'position-reader', 'gap', 'topic-names'].map(
    (name) => `client/delivery/${name}`,
  ),
  'the parser': ['wire/parse', 'wire/block', 'wire/bytes'],
}

const more: Record<string, string[]> = {
  'checks of options': [
    'check-options',
    'option-rules',
    'invalid-option',
    'client/connect-rules',
    'client/endpoint-rules',
  ],
  'poll mode': ['client/attempt/poll', 'client/failover/muting'],
  probes: ['client/failover/probe', 'client/failover/probing', 'client/attempt/rhythm'],
  'additional connections': ['client/failover/redundancy'],
  'page and sleep': ['client/page', 'client/failover/presence'],
  'endpoints as a function': ['client/failover/endpoint-source'],
  'voluntary moves': ['client/failover/voluntary-moves'],
  acknowledgement: ['client/failover/acknowledgement'],
  schema: ['client/delivery/schema'],
  store: ['client/delivery/saver'],
}

const whole = await sizeWithout([])
console.log(`connect: ${whole} bytes`)
for (const [name, files] of Object.entries({ ...core, ...more })) {
  console.log(`${name}: ${whole - (await sizeWithout(files))}`)
}
console.log(`connect without all of these but the first two: ${await sizeWithout(Object.values(more).flat())}`)

async function sizeWithout(files: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export { connect } from './client/connect.ts'`, resolveDir: source },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    plugins: [emptied(files.map((file) => `${source}/${file}.ts`))],
  })
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length
}

/** What these files export is there, and does nothing. */
function emptied(paths: readonly string[]): Plugin {
  return {
    name: 'emptied',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!paths.includes(path)) return undefined
        const exported = readFileSync(path, 'utf8').matchAll(/^export (?:async )?(?:class|const|function) (\w+)/gm)
        return { contents: Array.from(exported, ([, name]) => `export class ${name} {}`).join('\n') }
      })
    },
  }
}
