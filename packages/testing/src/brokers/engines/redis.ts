import { fromIoredis, redisBroker, type RedisBrokerOptions } from '@holdfast/adapters/redis'
import type { Broker } from '@holdfast/core/hub'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { OpenBroker } from '../engine.ts'

/** Parameters of the URL that say how a broker is made; what is left is Redis's own. */
export const openBroker: OpenBroker = async (connection, limits) => openRedisBroker(connection, limits)

/** @param connection - a URL with `prefix`, and with `client` (redis or ioredis) and `protocol` (2 or 3) if not the defaults */
export function openRedisBroker(connection: string, options: RedisBrokerOptions): Broker {
  const url = new URL(connection)
  const { searchParams, host } = url
  const prefix = searchParams.get('prefix') ?? 'test:'
  const protocol = searchParams.get('protocol') === '2' ? 2 : 3
  const server = `redis://${host}`
  // Faults are over sooner than in production, and so is the wait for them.
  const quick = { timeout: 4_000, checkInterval: 1_000, ...options, prefix }
  return searchParams.get('client') === 'ioredis'
    ? redisBroker(fromIoredis(new Redis(server, { lazyConnect: true, protocol })), quick)
    : redisBroker(createClient({ url: server, RESP: protocol }), quick)
}
