import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const text = (path: string): string => readFileSync(new URL(path, new URL('../', import.meta.url)), 'utf8')
const manifest = JSON.parse(text('package.json')) as { packageManager: string; devDependencies: Record<string, string> }

describe('the workspace', () => {
  // Otherwise pnpm warns on Node 20 of each package that wants a newer one, though all of them run under the pinned Node.
  it('lets pnpm look at the Node that runs what is installed', () => {
    const [, nodeVersion] = /^nodeVersion: (.+)$/m.exec(text('pnpm-workspace.yaml')) ?? []
    expect(nodeVersion).toBe(manifest.devDependencies['node'])
  })

  it('names one exact pnpm', () => {
    expect(manifest.packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/)
  })
})
