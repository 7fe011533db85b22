import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './packages.ts'

/** Build and pack everything that is published into a folder, as a release does. The tarballs by the packages' names. */
export function pack(folder: string): Record<string, string> {
  const script = join(root, 'scripts/pack.mjs')
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] } as const
  return JSON.parse(execFileSync(process.execPath, [script, folder], options)) as Record<string, string>
}
