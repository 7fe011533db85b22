// What `npm start` and `npm test` do first: bring pnpm and install what the lockfile says. Plain Node 20, no dependency.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const oldestNode = 20
const root = new URL('../', import.meta.url)
const { packageManager: pnpm } = JSON.parse(read(new URL('package.json', root)))
// Written after a whole install, so an interrupted one is done again.
const stamp = new URL('node_modules/.holdfast-installed', root)

const major = Number(process.versions.node.split('.')[0])
if (major < oldestNode) fail(`Holdfast needs Node ${oldestNode} or newer; this is ${process.version}.`)

const wanted = fingerprint()
if (read(stamp) !== wanted) {
  install()
  writeFileSync(stamp, wanted)
}

/** What the installed packages depend on: their versions, which of them may run scripts, and for which system. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    hash.update(read(new URL(name, root)) ?? fail(`Cannot read ${name}: this checkout is incomplete.`))
  }
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`
}

function install() {
  console.log(`Installing what pnpm-lock.yaml says, with ${pnpm} …`)
  rmSync(stamp, { force: true })
  // npx is a .cmd file on Windows, which only a shell starts. Nothing of the command line comes from outside.
  const { error, status, signal } = spawnSync('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (error)
    fail(`Cannot start npx, which comes with npm: ${error.message}. Install Node with npm, then run this again.`)
  if (signal) fail(`The installation was stopped by ${signal}. Run this again to finish it.`)
  if (status !== 0) {
    fail(
      `Cannot install the packages: pnpm ended with ${status} (its own words are above).\n` +
        'It needs the npm registry, or a mirror of it in ~/.npmrc, and about 1 GB of disk.',
    )
  }
}

function read(url) {
  try {
    return readFileSync(url, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function fail(message) {
  console.error(`\n${message}`)
  process.exit(1)
}
