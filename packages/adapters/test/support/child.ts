import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

const bin = fileURLToPath(new URL('../../../../node_modules/.bin/', import.meta.url))

interface Line {
  url?: string
  code?: string
  message?: string
  reason?: string
  closed?: number
}

/** The smoke server under one runtime, and the lines it has printed. */
export class Child {
  readonly lines: Line[] = []
  errors = ''
  exit: number | null | undefined
  readonly #process: ChildProcess

  constructor(runtime: 'node' | 'bun' | 'deno') {
    const args = [
      ...(runtime === 'deno' ? ['run', '-A'] : []),
      '--conditions=@holdfast/source',
      fileURLToPath(new URL('smoke.ts', import.meta.url)),
    ]
    this.#process = spawn(`${bin}${runtime}`, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let rest = ''
    this.#process.stdout?.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.lines.push(JSON.parse(line) as Line)
    })
    this.#process.stderr?.on('data', (bytes: Buffer) => void (this.errors += bytes.toString()))
    this.#process.on('exit', (code) => void (this.exit = code))
  }

  /** The first line that has `key`. */
  line(key: keyof Line, within = 60_000): Promise<Line> {
    const find = (): Line => {
      const line = this.lines.find((candidate) => candidate[key] !== undefined)
      if (!line) throw new Error(`No line with ${key}: ${JSON.stringify(this.lines)} ${this.errors}`)
      return line
    }
    return vi.waitFor(find, { timeout: within, interval: 10 })
  }

  // The whole group: what is in `.bin` may be a script that has started the runtime.
  kill(): void {
    if (this.exit === undefined && this.#process.pid) process.kill(-this.#process.pid, 'SIGKILL')
  }
}
