import { eventually } from '../../eventually.ts'
import { launch, type LaunchedServer, workspaceRoot } from '../../launch.ts'
import { fromSource } from '../../runtimes/commands.ts'
import type { SharedEngine } from './shared-engines.ts'

const brokers = `${workspaceRoot}packages/testing/src/brokers/`

/** An answer that processes make. */
export interface Answer {
  topic: string
  /** How many words each who makes it adds. */
  count: number
  /** Milliseconds. */
  lease: number
  /** The word before which the process stops itself (SIGSTOP). Default none. */
  freezeAt?: number
}

/** A process that makes an answer, or waits to go on with it. */
export class Producer implements AsyncDisposable {
  readonly #server: LaunchedServer

  private constructor(server: LaunchedServer) {
    this.#server = server
  }

  static async start(
    runtime: 'node' | 'bun' | 'deno',
    { module, connection }: SharedEngine,
    { topic, count, lease, freezeAt = 0 }: Answer,
  ): Promise<Producer> {
    const { args, ...command } = fromSource[runtime]
    const script = [`${brokers}runs/producer-process.ts`, `${brokers}engines/${module}.ts`]
    const own = [connection, topic, String(count), String(lease), String(freezeAt)]
    return new Producer(await launch({ ...command, args: [...args, ...script, ...own], ready: /^ready$/m }))
  }

  /** After how many words it began, if it has. */
  get begunAfter(): number | undefined {
    const [, written] = /^begins after (\d+)$/m.exec(this.#server.output) ?? []
    return written === undefined ? undefined : Number(written)
  }

  /** What became of it. @throws {Error} nothing in this time */
  outcome(within: number): Promise<string> {
    const look = (): string | undefined => /^became (\w+)$/m.exec(this.#server.output)?.[1]
    return eventually('the outcome', look, { within, last: () => this.#server.output })
  }

  /** SIGCONT. */
  thaw(): void {
    this.#server.signal('SIGCONT')
  }

  get exited(): Promise<unknown> {
    return this.#server.exited
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.#server.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}
