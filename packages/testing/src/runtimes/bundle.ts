import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** An entry and all that it imports as one module, minified as a page's bundler would. */
export async function bundle(entry: URL, platform: 'node' | 'browser'): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform,
    conditions: ['@holdfast/source'],
    write: false,
  })
  const [file] = outputFiles
  if (!file) throw new Error(`Cannot bundle "${entry.pathname}": esbuild gave nothing`)
  return file.contents
}
