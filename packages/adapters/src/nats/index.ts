/**
 * One log for servers on several machines, on NATS with JetStream.
 *
 * ```ts
 * import { connect } from '@nats-io/transport-node'
 * import { createHub } from '@holdfast/core/hub'
 * import { natsBroker } from '@holdfast/adapters/nats'
 * const connection = await connect({ servers: 'nats://127.0.0.1', maxReconnectAttempts: -1, pingInterval: 5_000 })
 * const hub = createHub({ broker: natsBroker(connection) })
 * ```
 *
 * Runs on Node, Deno and Bun, with `@nats-io/transport-node` and `@nats-io/jetstream` 3.4, and a server from 2.9 on; with
 * `replicas` above 1 from 2.10.27 on.
 *
 * @module
 */
export { natsBroker } from './broker.ts'
export { BatchTooLargeError, NatsStreamError, NatsVersionError } from './errors.ts'
export type { NatsBrokerOptions } from './options.ts'
