import { NatsServer } from '../brokers/nats-server.ts'
import { PostgresServer } from '../brokers/postgres-server.ts'
import { RedisServer } from '../brokers/redis-server.ts'
import type { NetworkEngine } from './engine.ts'
import { Link } from './link.ts'

/** A server of an engine, as those of `brokers/` are. */
interface EngineServer extends AsyncDisposable {
  readonly port: number
  kill(): Promise<void>
  start(): Promise<void>
  wipe(): Promise<void>
  freeze(): () => void
}

/** How each is started, by the path of its program, and what an app calls it. */
const kinds = {
  redis: {
    start: (path: string) => RedisServer.start(path, { durable: true }),
    variable: 'REDIS_URL',
    url: (address: string) => `redis://${address}`,
    deadline: 3_000,
  },
  postgres: {
    start: (path: string) => PostgresServer.start(path),
    variable: 'DATABASE_URL',
    url: (address: string) => `postgres://postgres@${address}/postgres`,
    deadline: 3_000,
  },
  nats: {
    start: (path: string) => NatsServer.start(path),
    variable: 'NATS_URL',
    url: (address: string) => `nats://${address}`,
    deadline: 5_000,
  },
}

/** Start an engine, and for each of three servers a link to it. */
export async function startEngine(kind: keyof typeof kinds, path: string): Promise<NetworkEngine> {
  const { start, variable, url, deadline } = kinds[kind]
  const server: EngineServer = await start(path)
  const links = await Promise.all([0, 1, 2].map(() => Link.to(server.port)))
  return {
    deadline,
    links,
    variables: (index) => ({ [variable]: url(links[index]?.address ?? '') }),
    kill: () => server.kill(),
    start: () => server.start(),
    wipe: () => server.wipe(),
    freeze: () => server.freeze(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(links.map((link) => link[Symbol.asyncDispose]()))
      await server[Symbol.asyncDispose]()
    },
  }
}
