// Check every file's types, each under the types of the runtime that it is for. The packages come first, since the
// apps are checked against what they emit: this is also the build.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const apps = readdirSync(new URL('apps/', root)).filter((name) =>
  existsSync(new URL(`apps/${name}/tsconfig.json`, root)),
)

const checks = [
  ['-b', 'tsconfig.build.json'],
  ...apps.map((name) => ['--noEmit', '-p', `apps/${name}`]),
  ['-p', 'apps/web/test'],
  ['-p', 'packages/adapters/test/cloudflare/worker'],
  ['-p', 'bench/cloudflare/worker'],
  ['-p', 'tsconfig.json'],
]

// All of them even after a failure: one run tells everything that is wrong.
for (const args of checks) {
  console.log(`tsc ${args.join(' ')}`)
  const { status } = spawnSync('tsc', args, {
    cwd: fileURLToPath(root),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exitCode = 1
}
