/**
 * Topics kept in Postgres, for hubs in many processes:
 *
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3_000 })     // from 'pg'
 * const broker = postgresBroker(pool, { schema: 'my_app' })
 * const hub = createHub({ broker })
 * ```
 */
export { postgresBroker, type PostgresBrokerOptions } from './broker.ts'
export { migrationSql } from './migration.ts'
export type { Notification, PooledClient, PostgresClient, PostgresPool } from './pool.ts'
export { SignalTooLargeError } from './signals.ts'
export { HistoryLostError } from '../log/tail.ts'
export { type LogOptions } from '../log/bounds.ts'
export { EngineTimeoutError } from '../log/deadline.ts'
