import { startFaultProxy } from '../fault-proxy/index.ts'
import type { Engine } from './engine.ts'
import type { PostgresServer } from './postgres-server.ts'

let parts = 0

/** A Postgres as the contract wants it: a schema for each part. */
export function postgresEngine(server: PostgresServer): Engine {
  return {
    part: async () => {
      const proxy = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
      const schema = `case_${++parts}`
      const disconnect = async (): Promise<() => Promise<void>> => {
        proxy.stopListening()
        for (const connection of proxy.connections) connection.rst()
        return async () => void (await proxy.listen())
      }
      return {
        connection: `postgres://postgres@127.0.0.1:${proxy.port}/postgres?schema=${schema}`,
        direct: `${server.url}?schema=${schema}`,
        faults: {
          disconnect,
          restart: () => server.restart(),
          loseHistory: async () => void (await server.query(`DROP SCHEMA ${schema} CASCADE`)),
        },
        dispose: () => proxy.close(),
      }
    },
  }
}
