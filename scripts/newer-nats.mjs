// Debian 12 has nats-server 2.9.10, which keeps a stream on one server only as it should. This brings the one of Debian 13
// for the tests of a cluster: into node_modules/.cache, and nothing of the system's own is touched. By hand:
//
//     node scripts/newer-nats.mjs
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../node_modules/.cache/nats-server/', import.meta.url))
const source =
  'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n'

// Lists and settings of its own: the next `apt-get` of the system knows nothing of Debian 13.
const own = [
  `Dir::Etc::sourcelist=${folder}sources.list`,
  'Dir::Etc::sourceparts=-',
  `Dir::State::lists=${folder}lists`,
  `Dir::Cache=${folder}cache`,
  'APT::Sandbox::User=root',
]

rmSync(folder, { recursive: true, force: true })
for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(folder + each, { recursive: true })
writeFileSync(`${folder}sources.list`, source)
apt('update')
apt('download', 'nats-server')
const name = readdirSync(folder).find((each) => each.endsWith('.deb')) ?? ''
execFileSync('dpkg-deb', ['--extract', name, '.'], { cwd: folder })
for (const each of ['lists', 'cache', name]) rmSync(folder + each, { recursive: true })
console.log(`${folder}usr/sbin/nats-server, from ${name}`)

function apt(...command) {
  const options = own.flatMap((option) => ['-o', option])
  execFileSync('apt-get', ['-qq', ...options, ...command], { cwd: folder, stdio: 'inherit' })
}
