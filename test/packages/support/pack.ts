import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './packages.ts'

/** Build and pack everything that is published into a folder, as a release does. The tarballs by the packages' names. */
export function pack(folder: string): Record<string, string> {
  const printed = execFileSync(process.execPath, [join(root, 'scripts/pack.mjs'), folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(printed) as Record<string, string>
}
