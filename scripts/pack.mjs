/**
 * Build from nothing and pack what is published, as it is published:
 *
 *     node scripts/pack.mjs FOLDER
 *
 * Prints a JSON object of the tarballs' paths by the packages' names. Plain Node 20, once everything is installed. Within
 * `npm test`, which has packed them already and says where in `HOLDFAST_TARBALLS`, it only prints those.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'

if (process.env.HOLDFAST_TARBALLS) {
  console.log(process.env.HOLDFAST_TARBALLS)
  process.exit(0)
}

const root = resolve(import.meta.dirname, '..')
const folder = process.argv[2] ?? fail('Cannot pack: name the folder in which to put the tarballs')
const { packageManager } = manifestIn(root)
const published = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((path) => !manifestIn(path).private)

// The compiler leaves what it emitted for a source that is gone, and that would be packed.
for (const path of published) rmSync(join(path, 'dist'), { recursive: true, force: true })
run(join(root, 'node_modules/.bin/tsc'), ['-b', '--force', 'tsconfig.build.json'])

// pnpm writes a version where the manifest says "workspace:", and takes the workspace's LICENSE along; npm does neither.
const filters = published.map((path) => `--filter=${manifestIn(path).name}`)
const packed = run('npx', [
  '--yes',
  packageManager,
  '--recursive',
  ...filters,
  'pack',
  '--json',
  '--pack-destination',
  resolve(folder),
])
console.log(
  JSON.stringify(Object.fromEntries(JSON.parse(packed).map(({ name, filename }) => [name, filename])), null, 2),
)

function manifestIn(path) {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
}

/** What a command printed. Both are .cmd files on Windows, which only a shell starts. */
function run(command, args) {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`Cannot pack: ${command} ${args[0]} ended with ${status ?? error}\n${stdout}`)
  return stdout
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
