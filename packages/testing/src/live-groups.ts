import process from 'node:process'

/** Process groups that must not outlive this process, by the id of their first process. */
const live = new Set<number>()

/** Kill this group when this process ends, however it ends but by SIGKILL. */
export function keepGroup(id: number): void {
  if (live.size === 0) watch()
  live.add(id)
}

/** Kill a group now. */
export function killGroup(id: number): void {
  live.delete(id)
  try {
    process.kill(-id, 'SIGKILL')
  } catch (error) {
    // The group is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const killAll = (): void => [...live].forEach(killGroup)

// A signal ends a process without its 'exit', and Vitest ends its workers by one.
function watch(): void {
  process.off('exit', killAll).once('exit', killAll)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, killAndEnd).once(signal, killAndEnd)
}

function killAndEnd(signal: NodeJS.Signals): void {
  killAll()
  process.kill(process.pid, signal)
}
