import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workspaceRoot } from '../launch.ts'
import type { Example, ExampleRuntime } from './examples.ts'

const runtimeNames: Record<ExampleRuntime, string> = { node: 'Node', bun: 'Bun', deno: 'Deno', wrangler: 'wrangler' }

/** What an example was measured on, as the table says it. */
export async function versionsOf({ packages, runtime }: Example, folder: string): Promise<string> {
  const installed = packages.map(async (name) => `${name} ${await versionIn(folder, name)}`)
  const host = `${runtimeNames[runtime]} ${await versionIn(workspaceRoot, runtime)}`
  return [...(await Promise.all(installed)), host].join(', ')
}

async function versionIn(folder: string, name: string): Promise<string> {
  const manifest = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
