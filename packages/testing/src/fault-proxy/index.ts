import { once } from 'node:events'
import { type Server, type Socket, connect, createServer } from 'node:net'
import { reservePort, type ReservedPort } from '../free-port.ts'
import { ProxiedConnection } from './connection.ts'
import type { Fault } from './fault.ts'

export { ProxiedConnection } from './connection.ts'
export type { Cut, Direction, DirectionFault, Fault, Side } from './fault.ts'

/** Options of {@link startFaultProxy}. */
export interface FaultProxyOptions {
  /** Where connections go: an `http://host:port` URL. */
  target: string | URL
  /** What is wrong with each connection from its first byte on; `index` counts from 0. */
  faults?: ((index: number) => Fault | undefined) | undefined
}

/** A TCP proxy on 127.0.0.1 that does to connections what networks do. */
export class FaultProxy implements AsyncDisposable {
  /** Every connection that was not refused, oldest first. */
  readonly connections: ProxiedConnection[] = []
  /** How many connections were accepted, refused ones included. */
  accepted = 0
  readonly port: number
  /** The proxy in place of the target: `http://127.0.0.1:port`. */
  readonly url: string
  readonly #server: Server
  readonly #reserved: ReservedPort
  readonly #waiting: (() => void)[] = []

  constructor(server: Server, reserved: ReservedPort, target: URL, faults: (index: number) => Fault | undefined) {
    this.#server = server
    this.#reserved = reserved
    this.port = reserved.port
    this.url = `http://127.0.0.1:${this.port}`
    server.on('connection', (client) => this.#accept(client, target, faults(this.accepted++) ?? {}))
  }

  /** The connection with this index, once it is there. */
  async connection(index: number): Promise<ProxiedConnection> {
    for (;;) {
      const found = this.connections.find((connection) => connection.index === index)
      if (found) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Stop listening, so that new connects get ECONNREFUSED. Live connections stay, and the port stays this proxy's. */
  stopListening(): void {
    this.#server.close()
  }

  /** Listen on the same port again. */
  async listen(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Cut everything and free the port. */
  async close(): Promise<void> {
    // First of all: who comes back at once would otherwise be let in again, and waited for.
    const stopped = this.#server.listening ? new Promise((resolve) => this.#server.close(resolve)) : undefined
    for (const connection of this.connections) connection.destroy()
    await Promise.all(this.connections.map((connection) => connection.closed))
    await stopped
    await this.#reserved[Symbol.asyncDispose]()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #accept(client: Socket, target: URL, fault: Fault): void {
    if (fault.refuse) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const host = target.hostname.replace(/^\[|\]$/g, '')
    // Half-open is the proxy's business: Node must not answer one side's FIN with its own.
    const upstream = connect({ host, port: Number(target.port), allowHalfOpen: true, noDelay: true })
    this.connections.push(new ProxiedConnection(this.accepted - 1, client, upstream, fault))
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Start a proxy in front of `target`. Without faults it is transparent: a RST stays a RST, a half-close a half-close. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  const proxy = new FaultProxy(
    server,
    await reservePort(),
    new URL(options.target),
    options.faults ?? (() => undefined),
  )
  await proxy.listen()
  return proxy
}
