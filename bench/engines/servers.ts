import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { requireTool, type Tool } from '@holdfast/testing'
import { NatsServer, PostgresServer, RedisServer } from '@holdfast/testing/brokers'

/** An engine that is running. */
export interface Engine {
  name: string
  /** With what it writes to its disk, as its own settings name it. */
  version: string
  /** False where each process has a log of its own. */
  isShared: boolean
  /** By which a hub finds it. */
  env: Record<string, string>
  /** kill -9, and start it again with what it had stored. */
  restart?(): Promise<void>
}

/**
 * Start every engine, with the settings of which docs/engines.md speaks.
 *
 * @param stack - ends them
 */
export async function startEngines(stack: AsyncDisposableStack): Promise<Engine[]> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const redis = stack.use(await RedisServer.start(tool('redis-server'), onDisk))
  const postgres = stack.use(await PostgresServer.start(tool('postgres'), { durable: true }))
  const nats = stack.use(await NatsServer.start(tool('nats-server')))
  return [
    { name: 'memory', version: process.version, isShared: false, env: { HOLDFAST_DATA: 'memory' } },
    {
      name: 'SQLite',
      version: sqliteVersion(),
      isShared: true,
      env: { HOLDFAST_DATA: join(folder, 'log.sqlite') },
    },
    {
      name: 'Redis',
      version: versionOf('redis-server'),
      isShared: true,
      env: { REDIS_URL: redis.url },
      restart: () => redis.restart(),
    },
    {
      name: 'Postgres',
      version: versionOf('postgres'),
      isShared: true,
      env: { DATABASE_URL: postgres.url },
      restart: () => postgres.restart(),
    },
    {
      name: 'NATS',
      version: versionOf('nats-server'),
      isShared: true,
      env: { NATS_URL: `nats://127.0.0.1:${nats.port}` },
      restart: () => nats.restart(),
    },
  ]
}

// Redis's own default once it keeps a file at all: an fsync a second.
const onDisk = { durable: true, settings: ['--appendfsync', 'everysec'] }

function tool(name: Tool): string {
  const path = requireTool(name)
  if (path === undefined) throw new Error(`Cannot measure without ${name}: install it with the system's packages`)
  return path
}

function versionOf(name: Tool): string {
  const told = execFileSync(tool(name), ['--version'], { encoding: 'utf8' })
  return /\d+\.\d+(\.\d+)?/.exec(told)?.[0] ?? told
}

function sqliteVersion(): string {
  const database = new DatabaseSync(':memory:')
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  database.close()
  return version
}
