import { cp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { workspaceRoot } from '../launch.ts'
import type { Example } from './examples.ts'
import { run } from './run.ts'

/** Build the packages and pack them as they would be published. Returns name → tarball. */
export async function pack(folder: string): Promise<Record<string, string>> {
  return JSON.parse(await run('node', ['scripts/pack.mjs', folder], workspaceRoot)) as Record<string, string>
}

/**
 * Copy an example out of the workspace, install it from these tarballs and the registry, and build it if it wants that.
 *
 * @param what - `all`, or what it is run with: of its tools those of the workspace, whose `node_modules/.bin` it sees
 */
export async function install(
  example: Example,
  tarballs: Record<string, string>,
  folder: string,
  what: 'all' | 'runtime',
): Promise<void> {
  const notInstalled = (path: string): boolean => basename(path) !== 'node_modules'
  await cp(join(workspaceRoot, 'examples', example.name), folder, { recursive: true, filter: notInstalled })
  const path = join(folder, 'package.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest
  await writeFile(path, JSON.stringify(withTarballs(manifest, tarballs)))
  const omit = what === 'runtime' ? ['--omit=dev'] : []
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...omit], folder)
  if (manifest.scripts['build'] !== undefined) await run('npm', ['run', 'build'], folder)
}

/** Let an example's own compiler check it. @throws {Error} with what it says */
export async function check(folder: string): Promise<void> {
  await run('npm', ['run', 'check'], folder)
}

interface Manifest {
  scripts: Record<string, string>
  dependencies: Record<string, string>
}

/** The versions that an example names are not published yet, nor is what one tarball wants of another. */
function withTarballs(manifest: Manifest, tarballs: Record<string, string>): Manifest & { overrides: object } {
  const wanted = Object.entries(tarballs).filter(([name]) => name in manifest.dependencies)
  const files = wanted.map(([name, tarball]) => [name, `file:${tarball}`])
  return {
    ...manifest,
    dependencies: { ...manifest.dependencies, ...(Object.fromEntries(files) as Record<string, string>) },
    overrides: Object.fromEntries(wanted.map(([name]) => [name, `$${name}`])) as Record<string, string>,
  }
}
