import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commands } from '../runtimes.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const longestArrival = 60_000

/** How a runtime runs a file, which comes next. */
export function commandOf(runtime: string): string[] {
  return commands[runtime] ?? []
}

/** How a contender's server is started. */
export function serverCommand(runtime: string, contender: string): string[] {
  return [...commandOf(runtime), here('server.ts'), contender]
}

/** A server and who reads from it. */
export interface Setting {
  runtime: string
  contender: string
  reading: number
  stalled: number
  /** What readers ask for, with `{n}` for the number of each. Default `/events`. */
  path?: string
  /** Their header `Accept`, and the id that they bring. */
  accept?: string
  lastEventId?: string
  /** Their token, as a whole header. */
  authorization?: string
}

/** One run of one contender. */
export interface Run extends Setting {
  count: number
  perTurn: number
  size: number
  /** Events published before it is measured. */
  warmUp?: number
}

/** What a run measured. */
export interface Measured {
  cpuMs: number
  elapsedMs: number
  /** Before, at most and afterwards. */
  rssMb: number
  rssPeakMb: number
  /** By how much a timer was late at most. */
  lateMs: number
}

/** What a server's process has used so far. */
export interface Usage {
  cpuMs: number
  rssMb: number
}

/** A server that is up. */
export interface Arena {
  ask(path: string): Promise<string>
  usage(): Promise<Usage>
  /** Its RSS once all garbage is collected. */
  keptMb(): Promise<number>
  /** @param pause - milliseconds after each turn. Default none: what readers have not got yet goes out with the next turn's */
  publish(count: number, perTurn: number, size: number, pause?: number): Promise<Measured>
  /** Start the readers, and wait until the server has all of them. */
  read(setting: Setting): Promise<void>
}

/** A server to be started. */
export interface Entrant extends Pick<Setting, 'runtime' | 'contender'> {
  /** Of its tokens, if it takes any. */
  secret?: string
}

/** Start a server, measure, and stop it and its readers. */
export async function compete<T>(
  { runtime, contender, secret = '' }: Entrant,
  measureIt: (arena: Arena) => Promise<T>,
): Promise<T> {
  const processes = [start([...serverCommand(runtime, contender), secret])]
  try {
    const port = Number((await firstLine(processes[0] as ChildProcess)).split(' ').at(-1))
    const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    return await measureIt({
      ask,
      usage: async () => JSON.parse(await ask('/usage')) as Usage,
      keptMb: async () => Number(await ask('/kept')),
      publish: async (count, perTurn, size, pause = 0) =>
        JSON.parse(await ask(`/publish?count=${count}&perTurn=${perTurn}&size=${size}&pause=${pause}`)) as Measured,
      async read({ reading, stalled, path = '/events', accept = '', lastEventId = '', authorization = '' }) {
        const args = [port, reading, stalled, path, accept, lastEventId, authorization].map(String)
        const before = Number(await ask('/count'))
        const readers = start([...(commands['node'] ?? []), here('readers.ts'), ...args])
        processes.push(readers)
        const giveUpAt = performance.now() + longestArrival
        // To ask the server again and again would be most of what few connections cost it.
        if (reading > 0) await Promise.race([firstLine(readers), setTimeout(longestArrival, undefined, { ref: false })])
        while (Number(await ask('/count')) < before + reading + stalled) {
          if (performance.now() > giveUpAt) throw new Error(`Cannot measure ${contender}: its readers did not get in`)
          await setTimeout(20)
        }
      },
    })
  } finally {
    for (const each of processes.toReversed()) each.kill('SIGKILL')
  }
}

/** {@link compete} of several by name, which stand side by side. */
export async function competeTogether<Name extends string, T>(
  entrants: ReadonlyMap<Name, Entrant>,
  measureThem: (arenaOf: (name: Name) => Arena) => Promise<T>,
): Promise<T> {
  const arenas = new Map<Name, Arena>()
  const enter = async ([first, ...others]: readonly [Name, Entrant][]): Promise<T> => {
    if (!first) return measureThem((name) => arenas.get(name) as Arena)
    const [name, entrant] = first
    return compete(entrant, (arena) => {
      arenas.set(name, arena)
      return enter(others)
    })
  }
  return enter([...entrants])
}

/** Start a server and its readers, publish, and stop both. */
export async function measure(run: Run): Promise<Measured> {
  return compete(run, async (arena) => {
    await arena.read(run)
    if (run.warmUp) await arena.publish(run.warmUp, run.perTurn, run.size).then(() => setTimeout(1_000))
    return arena.publish(run.count, run.perTurn, run.size)
  })
}

/** The middle value. */
export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function start([command = '', ...args]: string[]): ChildProcess {
  return spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [line] = (await once(lines, 'line')) as [string]
  return line
}
