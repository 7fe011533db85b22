import { natsBroker } from '@holdfast/adapters/nats'
import { connect } from '@nats-io/transport-node'
import type { OpenBroker } from '../engine.ts'

/** @param connection - `nats://host:port/name`, the name being that of the stream; `?replicas=3` in a cluster */
export const openBroker: OpenBroker = async (connection, { maxEvents }) => {
  const { host, pathname, searchParams } = new URL(connection)
  const nats = await connect({
    servers: host,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 20,
    pingInterval: 1_000,
  })
  const broker = natsBroker(nats, {
    name: pathname.slice(1),
    maxEvents,
    maxBytes: 64 * 1_048_576,
    replicas: Number(searchParams.get('replicas') ?? 1),
    timeout: 2_000,
  })
  return {
    publish: broker.publish,
    read: broker.read,
    subscribe: broker.subscribe,
    signals: broker.signals,
    // The connection is the application's, so it is this one that closes it.
    close: async () => {
      await broker.close()
      await nats.close()
    },
  }
}
