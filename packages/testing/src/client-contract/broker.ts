import { redisBroker } from '@holdfast/adapters/redis'
import type { Broker } from '@holdfast/core/hub'
import { createClient } from 'redis'

/** The one history that all servers of the contract share. */
export function openClientBroker(redisPort: number): Broker {
  const client = createClient({ url: `redis://127.0.0.1:${redisPort}` })
  return redisBroker(client, { prefix: 'client:', maxEvents: 100_000 })
}
