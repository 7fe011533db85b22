import { requireTool } from '../../require-tool.ts'
import { temporaryFolder } from '../../runtimes/temporary-folder.ts'
import { NatsServer } from '../nats-server.ts'
import { PostgresServer } from '../postgres-server.ts'
import { RedisServer } from '../redis-server.ts'

/** An engine that several processes share, started for a test. */
export interface SharedEngine extends AsyncDisposable {
  /** A file of `engines/`, without its ending. */
  module: string
  connection: string
}

/** Each of them, or undefined where it is not installed. */
export const sharedEngines: Record<string, (() => Promise<SharedEngine>) | undefined> = {
  sqlite: async () => {
    const folder = await temporaryFolder()
    return shared('sqlite', `${folder.path}/runs.sqlite`, folder)
  },
  redis: ifInstalled('redis-server', async (path) => {
    const server = await RedisServer.start(path)
    return shared('redis', `${server.url}?prefix=runs:`, server)
  }),
  postgres: ifInstalled('postgres', async (path) => {
    const server = await PostgresServer.start(path)
    return shared('postgres', `${server.url}?schema=runs`, server)
  }),
  nats: ifInstalled('nats-server', async (path) => {
    const server = await NatsServer.start(path)
    return shared('nats', `nats://127.0.0.1:${server.port}/runs`, server)
  }),
}

function ifInstalled(
  tool: Parameters<typeof requireTool>[0],
  start: (path: string) => Promise<SharedEngine>,
): (() => Promise<SharedEngine>) | undefined {
  const path = requireTool(tool)
  return path === undefined ? undefined : () => start(path)
}

function shared(module: string, connection: string, owner: AsyncDisposable): SharedEngine {
  return { module, connection, [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose]() }
}
