import { eventually } from '../eventually.ts'
import { type FaultProxy, startFaultProxy } from '../fault-proxy/index.ts'
import { RedisServer } from './redis-server.ts'

/** A primary with a replica. */
export class RedisPair implements AsyncDisposable {
  readonly primary: RedisServer
  readonly replica: RedisServer
  readonly #link: FaultProxy

  private constructor(primary: RedisServer, replica: RedisServer, link: FaultProxy) {
    this.primary = primary
    this.replica = replica
    this.#link = link
  }

  static async start(path: string): Promise<RedisPair> {
    const primary = await RedisServer.start(path)
    const link = await startFaultProxy({ target: `http://127.0.0.1:${primary.port}` })
    const replica = await RedisServer.start(path, { settings: ['--replicaof', '127.0.0.1', String(link.port)] })
    return new RedisPair(primary, replica, link)
  }

  /** Let the replica hear nothing more. */
  part(): void {
    this.#link.stopListening()
    for (const connection of this.#link.connections) connection.blackHole()
  }

  /** Wait until the replica has what the primary had when this was called. */
  async caughtUp(): Promise<void> {
    const wanted = await offsetOf(this.primary, 'master_repl_offset')
    const has = async (): Promise<boolean> => {
      const isLinked = (await this.replica.command('INFO', 'replication')).includes('master_link_status:up')
      return isLinked && (await offsetOf(this.replica, 'slave_repl_offset')) >= wanted
    }
    await eventually('the replica', has, { within: 15_000 })
  }

  /** Write nothing more to the primary, and wait until the replica has everything: as FAILOVER does it. */
  async settle(): Promise<void> {
    await this.primary.command('CLIENT', 'PAUSE', '60000', 'WRITE')
    await this.caughtUp()
  }

  /** Make a primary of the replica. */
  async promote(): Promise<void> {
    await this.replica.command('REPLICAOF', 'NO', 'ONE')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close()
    await this.primary[Symbol.asyncDispose]()
    await this.replica[Symbol.asyncDispose]()
  }
}

async function offsetOf(server: RedisServer, field: string): Promise<number> {
  return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(await server.command('INFO', 'replication'))?.[1] ?? 0)
}
