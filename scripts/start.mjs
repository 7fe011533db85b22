// `npm start`: run the page and its stream servers under Bun. Plain Node 20, no dependency.
//
// package.json says `exec`, since a shell between npm and this process (Debian's dash 0.5.12) keeps a SIGINT that npm passes
// on, and outlives npm. Where there is no `exec`, which is cmd.exe, what follows the `||` runs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const bun = fileURLToPath(new URL('node_modules/bun/bin/bun.exe', root))
const supervisor = fileURLToPath(new URL('apps/bun/src/demo/supervisor.ts', root))

if (!existsSync(bun)) {
  console.error('Bun is not installed here. Run `npm start`, which installs it first, instead of this file.')
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
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500)

child.on('error', (error) => {
  console.error(`Cannot start Bun: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 1))
