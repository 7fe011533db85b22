import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** The Nodes at hand by their versions: the pinned one and the system's, which in CI is the oldest that is promised. */
export function installedNodes(): [version: string, path: string][] {
  const folders = [
    dirname(process.execPath),
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/bin',
    '/usr/bin',
  ]
  const paths = folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path))
  const byVersion = new Map(paths.map((path) => [execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(), path]))
  return [...byVersion]
}

/**
 * The oldest Node that is promised, or undefined where none is installed.
 *
 * @throws {Error} when `CI` is `true`: there its absence must not pass as a green run
 */
export function oldestNode(): string | undefined {
  const [, path] = installedNodes().find(([version]) => version.startsWith('v20.')) ?? []
  if (path === undefined && process.env['CI'] === 'true')
    throw new Error('Cannot find a Node 20, which this test needs')
  return path
}
