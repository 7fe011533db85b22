import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const bin = (name: string): string => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url))

/** How each runtime runs a TypeScript file of this workspace. */
const commands: Record<string, string[]> = {
  node: [bin('node'), '--conditions=@holdfast/source'],
  bun: [bin('bun'), '--conditions=@holdfast/source'],
  deno: [
    fileURLToPath(new URL('../../node_modules/deno/deno', import.meta.url)),
    'run',
    '-A',
    '--quiet',
    '--node-modules-dir=manual',
    '--conditions=@holdfast/source',
  ],
}

/** One run of one contender. */
export interface Run {
  runtime: string
  contender: string
  reading: number
  stalled: number
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
  rssMb: number
  rssPeakMb: number
}

/** Start a server and its readers, publish, and stop both. */
export async function measure(run: Run): Promise<Measured> {
  const server = start([...(commands[run.runtime] ?? []), here('server.ts'), run.contender])
  try {
    const port = await firstNumber(server)
    const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    const readers = start([
      ...(commands['node'] ?? []),
      here('readers.ts'),
      ...[port, run.reading, run.stalled].map(String),
    ])
    try {
      while (Number(await ask('/count')) < run.reading + run.stalled) await setTimeout(20)
      const publish = (count: number): Promise<string> =>
        ask(`/publish?count=${count}&perTurn=${run.perTurn}&size=${run.size}`)
      if (run.warmUp) await publish(run.warmUp).then(() => setTimeout(1_000))
      return JSON.parse(await publish(run.count)) as Measured
    } finally {
      readers.kill('SIGKILL')
    }
  } finally {
    server.kill('SIGKILL')
  }
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

async function firstNumber(child: ChildProcess): Promise<number> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [line] = (await once(lines, 'line')) as [string]
  return Number(line.split(' ').at(-1))
}
