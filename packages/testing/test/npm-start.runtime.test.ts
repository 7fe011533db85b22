import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { eventually, groupCommands, launch, type LaunchedServer } from '../src/index.ts'

/** `npm start` as a user types it, with a log in memory and on ports of its own. */
function npmStart(ready: RegExp): Promise<LaunchedServer> {
  // A silent npm, as `npm test` is one, says nothing of what it starts.
  const env = { HOLDFAST_DATA: 'memory', PORT: '0', npm_config_loglevel: 'notice' }
  return launch({ command: 'npm', args: ['start'], env, ready, within: 60_000 })
}

/** Every way in which it may end: which process gets which signal. */
const endings: { how: string; end(npm: LaunchedServer): void }[] = [
  { how: 'SIGTERM to npm', end: (npm) => npm.signal('SIGTERM') },
  { how: 'SIGINT to npm', end: (npm) => npm.signal('SIGINT') },
  { how: 'SIGHUP to npm', end: (npm) => npm.signal('SIGHUP') },
  { how: 'SIGKILL to npm', end: (npm) => npm.signal('SIGKILL') },
  { how: 'Ctrl-C', end: (npm) => process.kill(-npm.pid, 'SIGINT') },
  { how: 'the end of the terminal', end: (npm) => process.kill(-npm.pid, 'SIGHUP') },
  { how: 'SIGKILL to the launcher', end: (npm) => process.kill(member(npm, 'scripts/start.mjs'), 'SIGKILL') },
  { how: 'SIGKILL to the supervisor', end: (npm) => process.kill(member(npm, 'demo/supervisor.ts'), 'SIGKILL') },
]

// Only there the kernel shows whose processes are left. One at a time: five processes each.
describe.skipIf(process.platform !== 'linux')('npm start', () => {
  test.each(endings)('stops all that it started after $how', async ({ end }) => {
    await using npm = await npmStart(/Ctrl-C stops everything/)
    expect(commands(npm).filter((command) => command.includes('demo-server.ts'))).toHaveLength(3)
    end(npm)
    await allGone(npm)
  })

  test('stops what it is just starting, too', async () => {
    await using npm = await npmStart(/scripts\/start\.mjs/)
    const born = (): boolean => commands(npm).some((command) => command.includes('supervisor.ts'))
    await eventually('the supervisor', born, { within: 30_000, every: 1 })
    npm.signal('SIGKILL')
    await allGone(npm)
  })
})

async function allGone(npm: LaunchedServer): Promise<void> {
  const nobody = (): boolean => commands(npm).length === 0
  await eventually('all processes to end', nobody, { within: 20_000, last: () => commands(npm) })
}

function commands(npm: LaunchedServer): string[] {
  return [...(groupCommands(npm.pid)?.values() ?? [])]
}

function member(npm: LaunchedServer, script: string): number {
  const [pid] = [...(groupCommands(npm.pid) ?? [])].find(([, command]) => command.includes(script)) ?? []
  if (pid === undefined) throw new Error(`Cannot find ${script} among ${JSON.stringify(commands(npm))}`)
  return pid
}
