import { checkArgument } from '@holdfast/core/adapter'
import type { RedisConnector, RedisLink } from './link.ts'
import { anIoredis } from './options.ts'

/** What the broker needs of a connection that ioredis has made. */
interface Connection {
  on(event: string, listener: (...values: string[]) => void): unknown
  connect(): Promise<unknown>
  disconnect(): void
  call(command: string, ...args: string[]): Promise<unknown>
}

/** A client of `ioredis` 6 (`new Redis()`, with sentinels or without), as far as the broker uses one. */
export interface IoredisClient {
  duplicate(overrides: object): Connection & {
    subscribe(channel: string): Promise<unknown>
    unsubscribe(channel: string): Promise<unknown>
  }
}

/** A cluster of `ioredis` 6 (`new Cluster()`), as far as the broker uses one. */
export interface IoredisCluster {
  nodes(): unknown
  duplicate(
    startupNodes: [],
    overrides: object,
  ): Connection & {
    ssubscribe(channel: string): Promise<unknown>
    sunsubscribe(channel: string): Promise<unknown>
  }
}

// What cannot be sent now is refused, and what was not answered is not sent again: it may have been done.
const strict = { enableOfflineQueue: false, lazyConnect: true }
const client = { keyPrefix: '', autoResendUnfulfilledCommands: false, autoResubscribe: false, maxRetriesPerRequest: 0 }
// The broker opens another one.
const neverAgain = (): null => null

/**
 * Let `redisBroker` stand on ioredis: on a client, one that sentinels lead to its primary, or a cluster.
 *
 * ```ts
 * const broker = redisBroker(fromIoredis(new Redis(process.env.REDIS_URL, { lazyConnect: true })))
 * ```
 *
 * @throws {InvalidOptionError} it is none of ioredis
 */
export function fromIoredis(redis: IoredisClient | IoredisCluster): RedisConnector {
  checkArgument('fromIoredis', 'redis', redis, anIoredis)
  return {
    isCluster: 'nodes' in redis,
    async openLink(listener, signal): Promise<RedisLink> {
      const own = 'nodes' in redis ? openCluster(redis) : openClient(redis)
      own.connection.on(own.event, (channel = '', text = '') => listener.onMessage(channel, text))
      own.connection.on('end', () => listener.onLost())
      await connect(own.connection, signal)
      return {
        send: (_key, [command = '', ...args]) => own.connection.call(command, ...args),
        subscribe: own.subscribe,
        unsubscribe: own.unsubscribe,
        close: () => own.connection.disconnect(),
      }
    },
  }
}

interface Own {
  connection: Connection
  event: string
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
}

function openClient(redis: IoredisClient): Own {
  const own = redis.duplicate({ ...strict, ...client, retryStrategy: neverAgain })
  return {
    connection: own,
    event: 'message',
    subscribe: (channel) => own.subscribe(channel),
    unsubscribe: (channel) => own.unsubscribe(channel),
  }
}

function openCluster(cluster: IoredisCluster): Own {
  const own = cluster.duplicate([], {
    ...strict,
    shardedSubscribers: true,
    clusterRetryStrategy: neverAgain,
    redisOptions: client,
  })
  return {
    connection: own,
    event: 'smessage',
    subscribe: (channel) => own.ssubscribe(channel),
    unsubscribe: (channel) => own.sunsubscribe(channel),
  }
}

async function connect(own: Connection, signal: AbortSignal): Promise<void> {
  // Whoever waits is told by a rejection; without a listener ioredis writes to the console.
  own.on('error', () => {})
  const abort = (): void => own.disconnect()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await own.connect()
  } catch (error) {
    own.disconnect()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
