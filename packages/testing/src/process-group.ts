import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

/** Resident memory in bytes. */
export interface GroupMemory {
  now: number
  /** The sum of each process's own peak since the last {@link resetPeak}. */
  peak: number
}

/** The memory of all processes of a group as the kernel sees it; undefined where there is no /proc. */
export function groupMemory(group: number): GroupMemory | undefined {
  const members = groupMembers(group)
  if (!members) return undefined
  const memory = { now: 0, peak: 0 }
  for (const pid of members) {
    const status = readProc(`${pid}/status`)
    memory.now += kilobytes(status, 'VmRSS')
    memory.peak += kilobytes(status, 'VmHWM')
  }
  return memory
}

/** Let the peaks of a group start from what is resident now. */
export function resetPeak(group: number): void {
  for (const pid of groupMembers(group) ?? []) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
    } catch {
      // It ended meanwhile, or the kernel does not offer it: the peak then counts from the start.
    }
  }
}

/** The living processes of a group with their command lines; undefined where there is no /proc. */
export function groupCommands(group: number): Map<number, string> | undefined {
  const members = groupMembers(group)?.map((pid): [number, string] => [Number(pid), readProc(`${pid}/cmdline`)])
  // What has ended and was not waited for has no command line any more.
  return members && new Map(members.filter(([, command]) => command !== ''))
}

/** The processes of a group; undefined where there is no /proc. */
function groupMembers(group: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined
  // After the parenthesised name: state, parent, group.
  const groupOf = (pid: string): string | undefined => readProc(`${pid}/stat`).split(') ').at(-1)?.split(' ')[2]
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && groupOf(name) === String(group))
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}
