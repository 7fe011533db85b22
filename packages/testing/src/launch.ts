import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keepGroup, killGroup } from './live-groups.ts'
import { type GroupMemory, groupMemory } from './process-group.ts'

/** The workspace's root: where a launched server runs unless told otherwise. */
export const workspaceRoot: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Where commands are looked for: first in the workspace's `node_modules/.bin`, so that `node` is the pinned one. */
export const commandPath: string = [`${workspaceRoot}node_modules/.bin`, process.env['PATH']].join(delimiter)

/** How a real server is started. */
export interface LaunchOptions {
  /** Looked up in {@link commandPath}. */
  command: string
  args?: readonly string[] | undefined
  env?: Record<string, string> | undefined
  cwd?: string | undefined
  /** How long the line may take to come. Default 90,000 ms: five servers at once on one core took 40 s. */
  within?: number | undefined
  /** The line that says it is ready; its first group, if any, is the URL. */
  ready?: RegExp | undefined
}

/** A server in a process of its own, with all the processes that it starts in one group. */
export class LaunchedServer implements AsyncDisposable {
  /** Without a slash at the end; empty where `ready` has no group. */
  url = ''
  readonly #child: ChildProcess
  readonly #exited: Promise<number | NodeJS.Signals>
  #output = ''

  constructor(options: LaunchOptions) {
    this.#child = spawn(options.command, options.args ?? [], {
      cwd: options.cwd ?? workspaceRoot,
      env: { ...process.env, ...options.env, PATH: commandPath },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: wrangler and the shims of pnpm start further processes that must not outlive the test.
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-100_000)))
    }
    this.#exited = new Promise((resolve) => {
      this.#child.on('error', (error) => (this.#output += String(error)))
      this.#child.on('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
    })
    if (this.pid !== 0) keepGroup(this.pid)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The last 100,000 characters of stdout and stderr. */
  get output(): string {
    return this.#output
  }

  /** The exit code, or the signal that ended it. */
  get exited(): Promise<number | NodeJS.Signals> {
    return this.#exited
  }

  /** Resident memory of the whole group, where the system shows it (Linux). */
  memory(): GroupMemory | undefined {
    return groupMemory(this.pid)
  }

  /** Send a signal to the server itself, as a service manager does. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Wait for the line that says it is ready. @throws {Error} with the server's output */
  async ready(pattern: RegExp, within: number): Promise<void> {
    const streams = [this.#child.stdout!, this.#child.stderr!]
    const timeout = AbortSignal.timeout(within)
    const gone = this.#exited.then((code) => `exited with ${code}`)
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match) {
        this.url = (match[1] ?? '').replace(/\/$/, '')
        return
      }
      // Most say it on stdout, a NATS server on stderr.
      const heard = new AbortController()
      const signal = AbortSignal.any([timeout, heard.signal])
      const more = Promise.race(streams.map((stream) => once(stream, 'data', { signal }))).then(
        () => undefined,
        () => `was not ready in ${within} ms`,
      )
      const failure = await Promise.race([more, gone])
      heard.abort()
      if (failure === undefined) continue
      await this.close()
      throw new Error(`Cannot start ${this.#child.spawnargs.join(' ')}: it ${failure}\n${this.#output}`)
    }
  }

  /** Kill the whole group now. */
  async close(): Promise<void> {
    if (this.pid !== 0) killGroup(this.pid)
    await this.#exited
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Start a server and wait until it listens. */
export async function launch(options: LaunchOptions): Promise<LaunchedServer> {
  const server = new LaunchedServer(options)
  await server.ready(options.ready ?? /^listening (http\S+)/m, options.within ?? 90_000)
  return server
}
