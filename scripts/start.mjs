// `npm start`: build the page, then run it and its stream servers under Bun. Plain Node 20, no dependency.
//
// package.json says `exec`, since a shell between npm and this process (Debian's dash 0.5.12) keeps a SIGINT that npm passes
// on, and outlives npm. Where there is no `exec`, which is cmd.exe, what follows the `||` runs.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
// npm, which may be gone before the page is built.
const parent = process.ppid
const bun = fileURLToPath(new URL('node_modules/bun/bin/bun.exe', root))
// Vite wants a newer Node than the one that may run this.
const node = fileURLToPath(new URL('node_modules/node/bin/node', root))
const vite = fileURLToPath(new URL('node_modules/vite/bin/vite.js', root))
const supervisor = fileURLToPath(new URL('apps/bun/src/demo/supervisor.ts', root))

if (!existsSync(bun)) {
  console.error('Bun is not installed here. Run `npm start`, which installs it first, instead of this file.')
  process.exit(1)
}

const build = spawnSync(node, [vite, 'build', '--logLevel=warn', fileURLToPath(new URL('apps/web', root))], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (build.status !== 0) {
  console.error('The page cannot be built.')
  process.exit(1)
}

// The IPC channel is how the supervisor notices that this process is gone, even after a SIGKILL.
const child = spawn(bun, ['--conditions=@holdfast/source', supervisor], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
})

// Ctrl-C reaches the whole process group, `kill` only this process: pass it on, and wait until the child is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
}

// npm passes signals on, but not its own death by SIGKILL: then this process has another parent.
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500)

child.on('error', (error) => {
  console.error(`Cannot start Bun: ${error.message}`)
  process.exit(1)
})

// A stream server that was frozen does not notice that the supervisor died: it is ended from here.
let streamServers = []
child.on('message', ({ pids }) => (streamServers = pids))
child.on('exit', (code) => {
  for (const pid of streamServers) end(pid)
  process.exit(code ?? 1)
})

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
