import { connect } from 'node:net'
import { once } from 'node:events'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { LaunchedServer } from '../launch.ts'
import { openRaw, type RawClient } from '../raw-client/index.ts'
import type { Example } from './examples.ts'

/** An example that runs: its server's URL, and what it writes. */
export class Site implements AsyncDisposable {
  readonly url: string
  readonly folder: string
  readonly #server: LaunchedServer
  #quietFrom = 0

  constructor(server: LaunchedServer, folder: string, url: string) {
    this.#server = server
    this.folder = folder
    this.url = url
  }

  /** A reader of a room that takes what is compressed, as browsers do. */
  async read(path: string): Promise<RawClient> {
    const client = await openRaw(this.url + path, {
      headers: { 'accept-encoding': 'gzip, deflate, br', accept: 'text/event-stream' },
    })
    if (client.head?.status !== 200) throw new Error(`${path} was answered by ${client.head?.text}`)
    return client
  }

  async publish(room: string, text: string): Promise<void> {
    const response = await fetch(`${this.url}/rooms/${room}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })
    if (!response.ok) throw new Error(`Publishing was answered by ${response.status} ${await response.text()}`)
    await response.arrayBuffer()
  }

  /** Why the hub closed the stream of a room, and how many milliseconds from now. */
  async closed(room: string, within: number): Promise<{ reason: string; took: number }> {
    const start = performance.now()
    const look = (): string | undefined => new RegExp(`^${room} closed: (\\S+)$`, 'm').exec(this.#server.output)?.[1]
    const last = (): string => this.#server.output.slice(-500)
    const reason = await eventually(`"${room} closed"`, look, { within, every: 2, last })
    return { reason, took: performance.now() - start }
  }

  /** From now on the server has nothing to say but which streams are closed. */
  expectQuiet(): void {
    this.#quietFrom = this.#server.output.length
  }

  /** What it wrote besides: each is a line that somebody has to understand. */
  noise(): string[] {
    const lines = this.#server.output.slice(this.#quietFrom).split('\n')
    // Some write a line for each request, whatever becomes of it.
    return lines.filter((line) => line.trim() !== '' && !/^\w+ closed: \S+$|\b(GET|POST) \//.test(line))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.close()
  }
}

/** Start an installed example by its own `npm start`. @throws {Error} with its output */
export async function startSite({ portArgument }: Example, folder: string): Promise<Site> {
  const port = await freePort()
  const env = { PORT: String(port), NODE_ENV: 'production', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  const more = portArgument === undefined ? [] : ['--', portArgument, String(port)]
  const server = new LaunchedServer({ command: 'npm', args: ['start', '--silent', ...more], cwd: folder, env })
  try {
    let gone: unknown
    void server.exited.then((code) => (gone = code))
    const look = async (): Promise<boolean> => {
      if (gone !== undefined) throw new Error(`npm start ended with ${String(gone)}\n${server.output}`)
      return listens(port)
    }
    await eventually(`port ${port}`, look, { within: 60_000, last: () => server.output.slice(-2_000) })
    return new Site(server, folder, `http://localhost:${port}`)
  } catch (error) {
    await server.close()
    throw error
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ host: 'localhost', port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
