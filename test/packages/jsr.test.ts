import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import { root } from './support/packages.ts'

it('JSR would take the packages: types that need no inference, and nothing that it forbids', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-jsr-'))
  try {
    execFileSync(process.execPath, [join(root, 'scripts/jsr.mjs'), folder])
    const deno = join(root, 'node_modules/deno/deno')
    // What it says is shown when it fails.
    execFileSync(deno, ['publish', '--dry-run', '--allow-dirty'], { cwd: folder, stdio: 'pipe' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 300_000)
