import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer } from '../launch.ts'

const program = fileURLToPath(new URL('./entries/stream-server.ts', import.meta.url))

/** A stream server's process, started again on the same port after each end. */
export class StreamServer implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  readonly #redisPort: number
  readonly #heartbeat: number
  #process: Promise<LaunchedServer> | undefined

  /** @param heartbeat - milliseconds; default that of the prototype in field/failover.md, so that figures are comparable */
  constructor(port: number, redisPort: number, heartbeat = 1_000) {
    this.#heartbeat = heartbeat
    this.#port = port
    this.#redisPort = redisPort
    this.url = `http://127.0.0.1:${port}`
  }

  async start(): Promise<void> {
    const args = [
      '--conditions=@holdfast/source',
      program,
      ...[this.#port, this.#redisPort, this.#heartbeat].map(String),
    ]
    this.#process = launch({ command: 'node', args })
    await this.#process
  }

  /** kill -9. */
  async kill(): Promise<void> {
    // One that does not start has ended itself.
    const process = await this.#process?.catch(() => undefined)
    await process?.close()
  }

  /** Stop the process as it is, or let it go on. One that is gone is neither. */
  async signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const server = await this.#process?.catch(() => undefined)
    server?.signal(signal)
  }

  /** Ask it to go, as a deployment does, and wait until it went. */
  async stop(): Promise<void> {
    const process = await this.#process
    process?.signal('SIGTERM')
    await process?.exited
  }

  /** How many POSTs of that name it got. */
  async posts(name: string): Promise<number> {
    return (await (await fetch(`${this.url}/requests?name=${name}`)).json()) as number
  }

  /** Let an answer go on that was asked for with `?held`. */
  async release(name: string): Promise<void> {
    await (await fetch(`${this.url}/release?name=${name}`)).text()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}

/** Start several, which end with `stack`. */
export async function startServers(
  stack: AsyncDisposableStack,
  count: number,
  redisPort: number,
  heartbeat?: number,
): Promise<StreamServer[]> {
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  const servers = ports.map((port) => stack.use(new StreamServer(port, redisPort, heartbeat)))
  await Promise.all(servers.map((server) => server.start()))
  return servers
}
