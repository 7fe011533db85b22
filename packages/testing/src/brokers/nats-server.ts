import { rm } from 'node:fs/promises'
import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer } from '../launch.ts'
import { temporaryFolder, type TemporaryFolder } from '../runtimes/temporary-folder.ts'

/** A NATS with JetStream of our own, on one port and with one folder for all its lives. */
export class NatsServer implements AsyncDisposable {
  readonly port: number
  readonly #path: string
  readonly #args: readonly string[]
  readonly #folder: TemporaryFolder
  #process: LaunchedServer | undefined

  private constructor(path: string, port: number, folder: TemporaryFolder, args: readonly string[]) {
    this.#path = path
    this.port = port
    this.#folder = folder
    this.#args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder.path, ...args]
  }

  static async start(path: string): Promise<NatsServer> {
    const server = new NatsServer(path, await freePort(), await temporaryFolder(), [])
    await server.start()
    return server
  }

  /** Three servers that keep streams together. */
  static async startCluster(path: string): Promise<NatsServer[]> {
    const routes = await Promise.all([freePort(), freePort(), freePort()])
    const servers = await Promise.all(
      routes.map(async (route, index) => {
        const args = ['--server_name', `n${index}`, '--cluster_name', 'c', '--cluster', `nats://127.0.0.1:${route}`]
        const others = routes.map((port) => `nats://127.0.0.1:${port}`).join()
        return new NatsServer(path, await freePort(), await temporaryFolder(), [...args, '--routes', others])
      }),
    )
    await Promise.all(servers.map((server) => server.start()))
    return servers
  }

  /** kill -9, and start it again; with `empty`, without what it had stored. */
  async restart({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await this.kill()
    if (empty) await this.wipe()
    await this.start()
  }

  /** While it is down: let it forget everything. */
  async wipe(): Promise<void> {
    await rm(`${this.#folder.path}/jetstream`, { recursive: true, force: true })
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal)
  }

  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void {
    this.signal('SIGSTOP')
    return () => this.signal('SIGCONT')
  }

  async kill(): Promise<void> {
    await this.#process?.close()
  }

  async start(): Promise<void> {
    this.#process = await launch({ command: this.#path, args: this.#args, ready: /Server is ready/ })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#folder[Symbol.asyncDispose]()
  }
}
