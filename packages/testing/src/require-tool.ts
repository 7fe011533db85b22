import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Tools that come with the system, not from the registry. */
export type Tool = 'chromium' | 'redis-server' | 'nats-server' | 'postgres' | 'nginx' | 'haproxy' | 'caddy'

/** Debian puts servers where an ordinary user's PATH does not look. */
const extraFolders = ['/usr/sbin', '/usr/local/sbin', ...globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed()]
const otherNames: Partial<Record<Tool, readonly string[]>> = { chromium: ['chromium-browser', 'google-chrome'] }

/**
 * The path of an installed tool, or undefined so that the test can be skipped in sight: `it.skipIf(!path)`.
 *
 * @throws {Error} when `CI` is `true`: there a missing tool must not pass as a green run
 */
export function requireTool(name: Tool): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...extraFolders]
  for (const each of [name, ...(otherNames[name] ?? [])]) {
    const path = folders.map((folder) => join(folder, each)).find(isExecutable)
    if (path) return path
  }
  if (process.env['CI'] === 'true')
    throw new Error(`Cannot find ${name}, which this test needs: install it with the system's packages`)
  return undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
