import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Engine, EnginePart } from './engine.ts'

/**
 * Lets a process in another runtime ask for parts of an engine and for its faults: servers and the fault proxy stay
 * with the test, on Node, so that what is examined under Bun and Deno is the broker alone.
 *
 * `GET /` tells what the engine lacks; `POST /` makes a part; `POST /<part>/<fault>` resolves when the fault is there.
 */
export class EngineControl implements AsyncDisposable {
  readonly url: string
  readonly #server: Server
  readonly #engine: Engine
  readonly #parts: EnginePart[] = []
  readonly #reconnect = new Map<EnginePart, () => Promise<void>>()

  private constructor(server: Server, port: number, engine: Engine) {
    this.#server = server
    this.#engine = engine
    // A case may be busy for longer than Node leaves a connection open (5 s), and then meets the end of it.
    server.keepAliveTimeout = 0
    this.url = `http://127.0.0.1:${port}`
    server.on('request', (request, response) => {
      this.#answer(request.method ?? '', request.url ?? '').then(
        (value) => response.end(JSON.stringify(value ?? null)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    })
  }

  static async start(engine: Engine): Promise<EngineControl> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new EngineControl(server, (server.address() as AddressInfo).port, engine)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(method: string, path: string): Promise<unknown> {
    if (method === 'GET') return this.#engine.lacks ?? {}
    const [index, action] = path.slice(1).split('/')
    if (action === undefined) {
      const part = await this.#engine.part()
      const { connection, direct = connection } = part
      return { index: this.#parts.push(part) - 1, connection, direct }
    }
    const part = this.#parts[Number(index)]
    if (!part) throw new Error(`No part "${index}"`)
    await this.#act(part, action)
    return undefined
  }

  async #act(part: EnginePart, action: string): Promise<void> {
    const { disconnect, restart, loseHistory } = part.faults ?? {}
    if (action === 'dispose') await part.dispose?.()
    else if (action === 'restart' && restart) await restart()
    else if (action === 'lose-history' && loseHistory) await loseHistory()
    else if (action === 'disconnect' && disconnect) this.#reconnect.set(part, await disconnect())
    else if (action === 'reconnect') await this.#reconnect.get(part)?.()
    else throw new Error(`The engine cannot ${action}`)
  }
}
