import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packages, root } from './packages.ts'

/** A project outside of this workspace, made as its author would: npm install, tsc, and run what came out. */
export interface Outside {
  readonly folder: string
  /** What a program of this project has as its environment: nothing that npm and Vitest set for the workspace. */
  readonly env: NodeJS.ProcessEnv
  /** Compile one of its configurations. */
  compile(project?: string): Promise<void>
  /** Run a file of `dist` to its end, and return what it printed. */
  run(command: readonly string[], file: string, ...args: string[]): Promise<string>
}

interface Manifest {
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const manifests = [root, ...packages.map(({ folder }) => folder)].map(
  (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
)
const types = ['@types/node', '@cloudflare/workers-types'].map(
  (name) => `${name}@${versionOf(name, 'devDependencies')}`,
)
// What has an adapter of its own is brought by who uses that adapter.
const peers = ['hono', 'jose', '@hono/node-server']

/** The peers in the versions with which everything else here is tested. */
export const pinnedPeers: string[] = peers.map((peer) => `${peer}@${versionOf(peer, 'devDependencies')}`)

/** The peers in the oldest versions that the packages say they work with. */
export const oldestPeers: string[] = peers.map((peer) => `${peer}@${versionOf(peer, 'peerDependencies').slice(1)}`)

function versionOf(name: string, kind: keyof Manifest): string {
  const [version] = manifests.flatMap((manifest) => manifest[kind]?.[name] ?? [])
  if (version === undefined) throw new Error(`Cannot find ${name} among the ${kind} of the packages`)
  return version
}

/** Make it from the files in `outsider` and some more for its `src`, with nothing of the packages but these tarballs. */
export async function makeOutside(
  folder: string,
  type: 'module' | 'commonjs',
  dependencies: readonly string[],
  more: Record<string, string> = {},
): Promise<Outside> {
  mkdirSync(folder)
  cpSync(new URL('../outsider', import.meta.url), folder, { recursive: true })
  for (const [name, code] of Object.entries(more)) writeFileSync(join(folder, 'src', name), code)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'outsider', private: true, type }))

  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITE|NODE_ENV$)/.test(name)))
  const run = async (command: string, args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, timeout: 240_000 })
      return stdout
    } catch (error) {
      // What a compiler has against it stands there.
      throw new Error(`${command} ${args.join(' ')}: ${(error as { stdout?: string }).stdout ?? ''}`, { cause: error })
    }
  }
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...dependencies, ...types])
  return {
    folder,
    env,
    compile: async (project = '.') => void (await run(join(root, 'node_modules/.bin/tsc'), ['-p', project])),
    run: ([command = '', ...before], file, ...args) => run(command, [...before, `dist/${file}`, ...args]),
  }
}
