import { type Fault, ProxiedConnection } from '@holdfast/testing/fault-proxy'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What a relay does to those who come through it, beside carrying their bytes. */
export interface Weather {
  /** Event streams are swallowed, as by a proxy that collects them; plain requests pass. */
  mute: boolean
  /** All arrives late, and less of it than the ticker needs. */
  slow: boolean
  /** Nothing passes, either way, and nobody is told: the cable is out. */
  unplugged: boolean
}

export const fair: Weather = { mute: false, slow: false, unplugged: false }

const slowBytesPerSecond = 400
const slowLatency = 500

/** The way to one server: a port that stays, whatever becomes of the server, and the weather on it. */
export class Relay {
  readonly port: number
  readonly #server: Server
  readonly #connections = new Map<ProxiedConnection, { isStream: boolean }>()
  /** Where the server listens; 0 while there is none. */
  target = 0
  #weather: Weather = fair

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as { port: number }).port
    server.on('connection', (client) => this.#accept(client))
  }

  /** @throws what the system says: the port is taken */
  static async listen(port: number): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new Relay(server)
  }

  get weather(): Weather {
    return this.#weather
  }

  /**
   * Change the weather for all connections, present and new. One that was mute or unplugged is cut when that is over:
   * bytes are missing in it.
   */
  set weather(next: Weather) {
    const before = this.#weather
    this.#weather = next
    for (const [connection, { isStream }] of this.#connections) {
      const wasSwallowed = before.unplugged || (before.mute && isStream)
      if (wasSwallowed && !next.unplugged && !(next.mute && isStream)) connection.rst()
      else connection.set(faultFor(next, isStream))
    }
  }

  close(): void {
    this.#server.close()
    for (const connection of this.#connections.keys()) connection.destroy()
  }

  #accept(client: Socket): void {
    if (this.target === 0) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const target = connect({ host: '127.0.0.1', port: this.target, allowHalfOpen: true, noDelay: true })
    const seen = { isStream: false }
    const connection = new ProxiedConnection(0, client, target, faultFor(this.#weather, false))
    this.#connections.set(connection, seen)
    void connection.closed.then(() => this.#connections.delete(connection))
    // A connection may carry other requests before: the one for a stream is its last.
    client.on('data', (bytes: Buffer) => {
      if (!isStreamRequest(bytes.toString('latin1', 0, 2_048))) return
      seen.isStream = true
      if (this.#weather.mute) connection.set(faultFor(this.#weather, true))
    })
  }
}

function faultFor({ mute, slow, unplugged }: Weather, isStream: boolean): Fault {
  return {
    up: { blackHole: unplugged },
    down: {
      blackHole: unplugged || (mute && isStream),
      latency: slow ? slowLatency : undefined,
      bytesPerSecond: slow ? slowBytesPerSecond : undefined,
    },
  }
}

function isStreamRequest(head: string): boolean {
  const [, query] = /^GET \/events\?(\S*) /.exec(head) ?? []
  return query !== undefined && !query.split('&').includes('mode=poll')
}
