import type { RedisConnector, RedisLink } from './link.ts'

/** What the broker needs of a connection that node-redis has made. */
interface Connection {
  on(event: string, listener: () => void): unknown
  connect(): Promise<unknown>
  destroy(): unknown
}

/** A client of `redis` 6 (`createClient`), as far as the broker uses one. */
export interface NodeRedisClient {
  readonly options: { socket?: object | undefined }
  duplicate(overrides: object): Connection & {
    sendCommand(command: readonly string[], options: { abortSignal: AbortSignal }): Promise<unknown>
    subscribe(channel: string, listener: (text: string, channel: string) => void): Promise<void>
    unsubscribe(channel: string): Promise<void>
  }
}

/** A cluster of `redis` 6 (`createCluster`), as far as the broker uses one. */
export interface NodeRedisCluster {
  readonly slots: unknown
  duplicate(overrides: object): Connection & {
    sendCommand(
      key: string,
      isReadonly: boolean,
      command: string[],
      options: { abortSignal: AbortSignal },
    ): Promise<unknown>
    sSubscribe(channel: string, listener: (text: string, channel: string) => void): Promise<void>
    sUnsubscribe(channel: string): Promise<void>
  }
}

/** A client that sentinels of `redis` 6 lead to its primary (`createSentinel`), as far as the broker uses one. */
export interface NodeRedisSentinel {
  getSentinelNode(): unknown
  duplicate(overrides: object): Connection & {
    sendCommand(isReadonly: boolean, command: string[], options: { abortSignal: AbortSignal }): Promise<unknown>
    subscribe(channel: string, listener: (text: string, channel: string) => void): Promise<void>
    unsubscribe(channel: string): Promise<void>
  }
}

// A type mapping of the user's would turn replies into buffers, and a prefix would be put before keys that have ours.
const plain = { commandOptions: {}, keyPrefix: undefined, clientSideCache: undefined }

/** Connections like a client's. */
export function clientConnector(client: NodeRedisClient): RedisConnector {
  return {
    isCluster: false,
    async openLink({ onMessage, onLost }, signal) {
      const own = client.duplicate({
        ...plain,
        // What cannot be sent now is refused: the queue of node-redis would send it whenever it has a connection again.
        disableOfflineQueue: true,
        socket: { ...client.options.socket, reconnectStrategy: false },
      })
      own.on('terminated', onLost)
      await connect(own, signal)
      const listener = (text: string, channel: string): void => onMessage(channel, text)
      return {
        send: (_key, command, abortSignal) => own.sendCommand(command, { abortSignal }),
        subscribe: (channel) => own.subscribe(channel, listener),
        unsubscribe: (channel) => own.unsubscribe(channel),
        close: () => destroy(own),
      }
    },
  }
}

/** Connections like a cluster's. It finds nodes again by itself; what it cannot send in time is taken back. */
export function clusterConnector(cluster: NodeRedisCluster): RedisConnector {
  return {
    isCluster: true,
    async openLink({ onMessage }, signal): Promise<RedisLink> {
      const own = cluster.duplicate(plain)
      await connect(own, signal)
      const listener = (text: string, channel: string): void => onMessage(channel, text)
      return {
        send: (key, command, abortSignal) => own.sendCommand(key, false, [...command], { abortSignal }),
        subscribe: (channel) => own.sSubscribe(channel, listener),
        unsubscribe: (channel) => own.sUnsubscribe(channel),
        close: () => destroy(own),
      }
    },
  }
}

/** Connections like those of one that sentinels lead: it finds the primary again by itself. */
export function sentinelConnector(sentinel: NodeRedisSentinel): RedisConnector {
  return {
    isCluster: false,
    async openLink({ onMessage }, signal): Promise<RedisLink> {
      const own = sentinel.duplicate(plain)
      await connect(own, signal)
      const listener = (text: string, channel: string): void => onMessage(channel, text)
      return {
        send: (_key, command, abortSignal) => own.sendCommand(false, [...command], { abortSignal }),
        subscribe: (channel) => own.subscribe(channel, listener),
        unsubscribe: (channel) => own.unsubscribe(channel),
        close: () => destroy(own),
      }
    },
  }
}

async function connect(own: Connection, signal: AbortSignal): Promise<void> {
  // Whoever waits is told by a rejection; without a listener the event would end the process.
  own.on('error', () => {})
  const abort = (): void => destroy(own)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await own.connect()
  } catch (error) {
    destroy(own)
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function destroy(own: Connection): void {
  // It throws, or rejects, where it is closed already.
  Promise.resolve()
    .then(() => own.destroy())
    .catch(() => {})
}
