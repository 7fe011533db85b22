import { rm } from 'node:fs/promises'
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

  private constructor(path: string, port: number, folder: TemporaryFolder, settings: readonly string[]) {
    this.#path = path
    this.port = port
    this.#folder = folder
    this.#args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder.path, ...settings]
  }

  /**
   * Start it. With `durable` it has everything again after {@link restart}, as it was at the kill.
   *
   * @param settings - further ones, as on its command line
   */
  static async start(
    path: string,
    { durable = false, settings = [] }: { durable?: boolean; settings?: readonly string[] } = {},
  ): Promise<RedisServer> {
    const storage = durable ? onDisk : inMemory
    const redis = new RedisServer(path, await freePort(), await temporaryFolder(), [...storage, ...settings])
    await redis.start()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Start it again. */
  async start(): Promise<void> {
    this.#process = await launch({ command: this.#path, args: this.#args, ready: /Ready to accept connections/ })
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.close()
  }

  /** kill -9, and start it again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** While it is down: let it forget everything. */
  async wipe(): Promise<void> {
    await rm(`${this.#folder.path}/appendonlydir`, { recursive: true, force: true })
  }

  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void {
    this.#process?.signal('SIGSTOP')
    return () => this.#process?.signal('SIGCONT')
  }

  /** One command, on a connection of its own. Resolves when Redis has answered. */
  async command(...command: string[]): Promise<string> {
    const client = await createClient({ url: this.url }).connect()
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
}
