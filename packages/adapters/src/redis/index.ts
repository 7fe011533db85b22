/**
 * Topics kept in Redis, for hubs in many processes:
 *
 * ```ts
 * const client = createClient({ url: process.env.REDIS_URL })     // from 'redis', or fromIoredis(new Redis(…))
 * const broker = redisBroker(client, { prefix: 'my-app:' })
 * const hub = createHub({ broker })
 * ```
 */
export { redisBroker } from './broker.ts'
export type { RedisBrokerOptions } from './options.ts'
export { fromIoredis, type IoredisClient, type IoredisCluster } from './ioredis.ts'
export type { RedisConnector, RedisLink, RedisLinkListener } from './link.ts'
export type { NodeRedisClient, NodeRedisCluster, NodeRedisSentinel } from './node-redis.ts'
export { HistoryLostError } from '../log/tail.ts'
export { type LogOptions } from '../log/bounds.ts'
export { EngineTimeoutError } from '../log/deadline.ts'
