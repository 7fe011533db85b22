import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer } from '../launch.ts'
import { temporaryFolder, type TemporaryFolder } from '../runtimes/temporary-folder.ts'
import type { RedisServer } from './redis-server.ts'

/** A sentinel that alone decides, after half a second, that a primary is gone. */
export class RedisSentinel implements AsyncDisposable {
  /** The primary's name. */
  readonly name = 'main'
  readonly port: number
  readonly #process: LaunchedServer
  readonly #folder: TemporaryFolder

  private constructor(port: number, process: LaunchedServer, folder: TemporaryFolder) {
    this.port = port
    this.#process = process
    this.#folder = folder
  }

  static async start(path: string, primary: RedisServer): Promise<RedisSentinel> {
    const port = await freePort()
    const configuration = `
port ${port}
bind 127.0.0.1
sentinel monitor main 127.0.0.1 ${primary.port} 1
sentinel down-after-milliseconds main 500
sentinel failover-timeout main 3000
`
    const folder = await temporaryFolder({ 'sentinel.conf': configuration })
    const args = [`${folder.path}/sentinel.conf`, '--sentinel', '--dir', folder.path]
    return new RedisSentinel(port, await launch({ command: path, args, ready: /\+slave slave/ }), folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.close()
    await this.#folder[Symbol.asyncDispose]()
  }
}
