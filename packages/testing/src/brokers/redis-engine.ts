import { startFaultProxy } from '../fault-proxy/index.ts'
import type { Engine } from './engine.ts'
import type { RedisServer } from './redis-server.ts'

let parts = 0

/**
 * A Redis as the contract wants it.
 *
 * @param parameters - of `engines/redis.ts`
 */
export function redisEngine(server: RedisServer, parameters: Record<string, string> = {}): Engine {
  return {
    part: async () => {
      const proxy = await startFaultProxy({ target: `http://127.0.0.1:${server.port}` })
      // Names that are no pattern and no prefix of one another.
      const query = new URLSearchParams({ ...parameters, prefix: `case:${++parts}:` }).toString()
      const disconnect = async (): Promise<() => Promise<void>> => {
        proxy.stopListening()
        for (const connection of proxy.connections) connection.rst()
        return async () => void (await proxy.listen())
      }
      return {
        connection: `redis://127.0.0.1:${proxy.port}?${query}`,
        direct: `redis://127.0.0.1:${server.port}?${query}`,
        faults: {
          disconnect,
          restart: () => server.restart(),
          loseHistory: async () => void (await server.command('FLUSHALL')),
        },
        dispose: () => proxy.close(),
      }
    },
  }
}
