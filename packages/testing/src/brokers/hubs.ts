import { eventually } from '../eventually.ts'
import { LaunchedServer, workspaceRoot } from '../launch.ts'
import { fromSource } from '../runtimes/commands.ts'

const folder = `${workspaceRoot}packages/testing/src/brokers/`

export type Runtime = 'node' | 'bun' | 'deno'

/** What a hub in a process of its own does. */
export interface HubOptions {
  runtime: Runtime
  /** A file of `engines/`, without its ending. */
  module: string
  connection: string
  /** Before the numbers of its events. */
  name: string
  /** Events that it publishes. */
  count: number
  /** Milliseconds between two of them. Default 5. */
  pause?: number
}

/** A hub in a process of its own. */
export class HubProcess implements AsyncDisposable {
  readonly server: LaunchedServer

  private constructor(server: LaunchedServer) {
    this.server = server
  }

  static async start({ runtime, module, connection, name, count, pause = 5 }: HubOptions): Promise<HubProcess> {
    const { args, ...command } = fromSource[runtime]
    const script = [`${folder}hub-process.ts`, `${folder}engines/${module}.ts`]
    const own = [connection, name, String(count), String(pause)]
    const hub = new HubProcess(new LaunchedServer({ ...command, args: [...args, ...script, ...own] }))
    await hub.server.ready(/^ready$/m, 30_000)
    return hub
  }

  /** Its events that were acknowledged. */
  get stored(): string[] {
    return this.#said('stored')
  }

  /** What it heard as a subscriber, gaps included. */
  get heard(): string[] {
    return this.#said('heard')
  }

  /** Codes of the refusals, and how long each took in milliseconds. */
  get refused(): { code: string; took: number }[] {
    return this.#said('refused').map((line) => {
      const [code = '', took = ''] = line.split(' ')
      return { code, took: Number(took) }
    })
  }

  async allStored(within: number): Promise<void> {
    const last = (): unknown => ({ stored: this.stored.length, end: this.server.output.slice(-300) })
    await eventually('all events stored', () => /^all stored$/m.test(this.server.output), { within, last })
  }

  async hears(data: string, within: number): Promise<void> {
    await eventually(`hearing ${data}`, () => this.heard.includes(data), { within, last: () => this.heard.slice(-3) })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close()
  }

  #said(word: string): string[] {
    // The last line may be half there.
    const lines = this.server.output.split('\n').slice(0, -1)
    return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  }
}
