import { createClient } from 'redis'
import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer } from '../launch.ts'
import { temporaryFolder, type TemporaryFolder } from '../runtimes/temporary-folder.ts'

const inMemory = ['--save', '', '--appendonly', 'no']
const onDisk = ['--appendonly', 'yes', '--appendfsync', 'always']

/** A Redis of our own, on one port and with one folder for all its lives. */
export class RedisServer implements AsyncDisposable {
  readonly port: number
  readonly #path: string
  readonly #args: readonly string[]
  readonly #folder: TemporaryFolder
  #process: LaunchedServer | undefined

  private constructor(path: string, port: number, folder: TemporaryFolder, storage: readonly string[]) {
    this.#path = path
    this.port = port
    this.#folder = folder
    this.#args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, ...storage]
  }

  /** Start it. With `durable` it has everything again after {@link restart}, as it was at the kill. */
  static async start(path: string, { durable = false }: { durable?: boolean } = {}): Promise<RedisServer> {
    const redis = new RedisServer(path, await freePort(), await temporaryFolder(), durable ? onDisk : inMemory)
    await redis.#launch()
    return redis
  }

  /** kill -9, and start it again. */
  async restart(): Promise<void> {
    await this.#process?.close()
    await this.#launch()
  }

  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void {
    this.#process?.signal('SIGSTOP')
    return () => this.#process?.signal('SIGCONT')
  }

  /** One command, on a connection of its own. Resolves when Redis has answered. */
  async command(...command: string[]): Promise<string> {
    const client = await createClient({ url: `redis://127.0.0.1:${this.port}` }).connect()
    try {
      return String(await client.sendCommand(command))
    } finally {
      client.destroy()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close()
    await this.#folder[Symbol.asyncDispose]()
  }

  async #launch(): Promise<void> {
    this.#process = await launch({ command: this.#path, args: this.#args, ready: /Ready to accept connections/ })
  }
}
