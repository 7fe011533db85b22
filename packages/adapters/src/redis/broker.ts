import { BrokerClosedError, type Broker, type BrokerSignals } from '@holdfast/core/hub'
import { checkArgument, checkOptions } from '@holdfast/core/adapter'
import { boundsOf } from '../log/bounds.ts'
import { parsePosition } from '../log/position.ts'
import { Tails } from '../log/tails.ts'
import { Watch } from '../log/watch.ts'
import { Channels } from './channels.ts'
import { keysOf, signalChannel } from './keys.ts'
import type { RedisConnector } from './link.ts'
import { RedisLog } from './log.ts'
import { aClient, type RedisBrokerOptions, redisOptions } from './options.ts'
import {
  clientConnector,
  clusterConnector,
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisSentinel,
  sentinelConnector,
} from './node-redis.ts'

// A command each, some 50 µs: of 500, which Postgres answers at once, the median event came 40 ms late while 10,000 topics
// were looked at.
const headsAtOnce = 20

/**
 * A broker for many processes, on Redis 6.2 or newer (7.0 in a cluster), or Valkey.
 *
 * The client says where to connect and how; it is neither used nor closed, and need not be connected: the broker opens
 * two connections like it, one for commands and one that listens. What Redis keeps is as durable as its configuration
 * says (`appendonly`, replicas with `min-replicas-to-write`); `maxmemory-policy` should be `noeviction`. Where Redis has
 * lost events that it had told of, the topic begins a new epoch, and readers are told of the gap.
 *
 * @throws {InvalidOptionError} an argument or option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function redisBroker(
  client: NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | RedisConnector,
  options: RedisBrokerOptions = {},
): Broker {
  checkArgument('redisBroker', 'client', client, aClient)
  checkOptions('redisBroker', options, redisOptions)
  return new RedisBroker(connectorOf(client), options)
}

class RedisBroker implements Broker {
  readonly #prefix: string
  readonly #log: RedisLog
  readonly #tails: Tails
  readonly #channels: Channels
  readonly #watch: Watch
  #isClosed = false

  constructor(connector: RedisConnector, { prefix = 'holdfast:', ...options }: RedisBrokerOptions) {
    const bounds = boundsOf(options)
    this.#prefix = prefix
    const look = (): void => this.#watch.look()
    this.#log = new RedisLog(connector, prefix, bounds, look)
    this.#tails = new Tails({
      read: (topic, after, limit) => this.#log.read(topic, after, limit),
      heads: (topics) => this.#log.heads(topics),
      headsAtOnce,
      onFailed: () => this.#watch.lookSoon(),
    })
    this.#channels = new Channels(connector, bounds.timeout, look)
    this.#watch = new Watch(this.#tails, this.signals, bounds, () => this.#channels.replace())
  }

  publish: Broker['publish'] = async (topic, events, options) => {
    this.#checkOpen()
    options?.signal?.throwIfAborted()
    return await this.#log.publish(topic, events, options)
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    return await this.#log.read(topic, after, limit)
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    // Listening first: what comes before the head is known makes it read once too often.
    const { channel } = keysOf(this.#prefix, topic)
    const stopListening = await this.#channels.listen(channel, (text) => this.#tails.wake(topic, parsePosition(text)))
    try {
      const { head, unsubscribe } = await this.#tails.join(topic, listener)
      this.#watch.start()
      return { head, unsubscribe: async () => void (await Promise.all([unsubscribe(), stopListening()])) }
    } catch (error) {
      await stopListening()
      throw error
    }
  }

  readonly signals: BrokerSignals = {
    send: async (hubId, text) => {
      this.#checkOpen()
      await this.#log.send(signalChannel(this.#prefix, hubId), text)
    },
    listen: async (hubId, receive) => {
      this.#checkOpen()
      this.#watch.start()
      const stops = await Promise.all(
        [hubId, '*'].map((name) => this.#channels.listen(signalChannel(this.#prefix, name), receive)),
      )
      return async () => void (await Promise.all(stops.map((stop) => stop())))
    },
  }

  close: Broker['close'] = async () => {
    this.#isClosed = true
    this.#watch.stop()
    this.#tails.clear()
    this.#channels.close()
    this.#log.close()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new BrokerClosedError()
  }
}

function connectorOf(client: NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | RedisConnector): RedisConnector {
  if ('openLink' in client) return client
  if ('slots' in client) return clusterConnector(client)
  return 'getSentinelNode' in client ? sentinelConnector(client) : clientConnector(client)
}
