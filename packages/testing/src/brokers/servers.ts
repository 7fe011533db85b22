/** Real engines that a test or a bench starts, each on a free port and with a folder of its own. */
export { NatsServer } from './nats-server.ts'
export { PostgresServer } from './postgres-server.ts'
export { RedisServer } from './redis-server.ts'
