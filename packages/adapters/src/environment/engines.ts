/** How each engine is opened by its URL. Each loads its client only here, where it has been chosen. */
import type { Broker } from '@holdfast/core/hub'
import { EngineMissingError } from './errors.ts'

/** A broker, and how to close it with what was opened for it. */
export interface OpenEngine {
  broker: Broker
  close(): Promise<void>
}

// An engine that is slow to answer at the start is as good as none; later its broker waits and comes back by itself.
const connectTimeout = 5_000

export async function openRedis(url: string): Promise<OpenEngine> {
  const [{ createClient }, { redisBroker }] = await Promise.all([
    loaded('redis', import('redis')),
    import('../redis/index.ts'),
  ])
  const broker = redisBroker(createClient({ url, socket: { connectTimeout } }))
  return { broker, close: () => broker.close() }
}

export async function openPostgres(url: string): Promise<OpenEngine> {
  const [{ Pool }, { postgresBroker }] = await Promise.all([loaded('pg', import('pg')), import('../postgres/index.ts')])
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: connectTimeout })
  // A connection that breaks while nobody uses it: the pool opens another one when it is needed.
  pool.on('error', () => {})
  const broker = postgresBroker(pool)
  return { broker, close: () => broker.close().finally(() => pool.end()) }
}

export async function openNats(url: string): Promise<OpenEngine> {
  const [{ connect }, { natsBroker }] = await Promise.all([
    loaded('@nats-io/transport-node', import('@nats-io/transport-node')),
    loaded('@nats-io/jetstream', import('../nats/index.ts')),
  ])
  const { host, username, password } = new URL(url)
  const connection = await connect({
    servers: host,
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    timeout: connectTimeout,
    maxReconnectAttempts: -1,
    // A link that is dead and does not say so is found by pings alone: in 4 s instead of 15.
    pingInterval: 2_000,
    maxPingOut: 1,
  })
  const broker = natsBroker(connection)
  return { broker, close: () => broker.close().finally(() => connection.close()) }
}

export async function openSqlite(path: string): Promise<OpenEngine> {
  const { sqliteBroker } = await import('../sqlite/index.ts')
  const broker = sqliteBroker(path)
  return { broker, close: () => broker.close() }
}

async function loaded<Module>(name: string, module: Promise<Module>): Promise<Module> {
  try {
    return await module
  } catch (cause) {
    throw new EngineMissingError(`Cannot load the package "${name}": install it with npm install ${name}`, { cause })
  }
}
