import { fileURLToPath } from 'node:url'
import { freePort, launch, type LaunchedServer } from '../launch.ts'

const program = fileURLToPath(new URL('./entries/stream-server.ts', import.meta.url))

/** A stream server's process, started again on the same port after each end. */
export class StreamServer implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  readonly #redisPort: number
  #process: LaunchedServer | undefined

  constructor(port: number, redisPort: number) {
    this.#port = port
    this.#redisPort = redisPort
    this.url = `http://127.0.0.1:${port}`
  }

  async start(): Promise<void> {
    const args = ['--conditions=@holdfast/source', program, String(this.#port), String(this.#redisPort)]
    this.#process = await launch({ command: 'node', args })
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.close()
  }

  /** Ask it to go, as a deployment does, and wait until it went. */
  async stop(): Promise<void> {
    this.#process?.signal('SIGTERM')
    await this.#process?.exited
  }

  /** How many POSTs of that name it got. */
  async posts(name: string): Promise<number> {
    return (await (await fetch(`${this.url}/requests?name=${name}`)).json()) as number
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}

/** Start several. */
export async function startServers(count: number, redisPort: number): Promise<StreamServer[]> {
  // One after the other: a free port is free until somebody else is told so too.
  const servers: StreamServer[] = []
  while (servers.length < count) {
    const port = await freePort()
    if (!servers.some(({ url }) => url.endsWith(`:${port}`))) servers.push(new StreamServer(port, redisPort))
  }
  await Promise.all(servers.map((server) => server.start()))
  return servers
}
