import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { workspaceRoot } from '../launch.ts'
import type { Example } from './examples.ts'
import { run } from './run.ts'

const published = ['core', 'adapters']

/** Build the packages and pack them as they would be published. Returns name → tarball. */
export async function pack(folder: string): Promise<Record<string, string>> {
  await run('npm', ['run', '--silent', 'build'], workspaceRoot)
  const tarballs: Record<string, string> = {}
  for (const name of published) {
    const destination = join(folder, name)
    await mkdir(destination)
    // Not `npm pack`, which leaves `workspace:*` as it is.
    await run(
      'npx',
      ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', destination],
      join(workspaceRoot, 'packages', name),
    )
    tarballs[`@holdfast/${name}`] = join(destination, (await readdir(destination))[0]!)
  }
  return tarballs
}

/** Copy an example out of the workspace, install it from these tarballs and the registry, and build it if it wants that. */
export async function install(example: Example, tarballs: Record<string, string>, folder: string): Promise<void> {
  const notInstalled = (path: string): boolean => basename(path) !== 'node_modules'
  await cp(join(workspaceRoot, 'examples', example.name), folder, { recursive: true, filter: notInstalled })
  const path = join(folder, 'package.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest
  await writeFile(path, JSON.stringify(withTarballs(manifest, tarballs)))
  // What a light one needs to be run is in the workspace, whose `node_modules/.bin` it sees.
  const omit = example.light ? ['--omit=dev'] : []
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...omit], folder)
  if (manifest.scripts['build'] !== undefined) await run('npm', ['run', 'build'], folder)
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
