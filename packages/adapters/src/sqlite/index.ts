/**
 * One log for all servers of a machine, in a file: it survives kill -9, and a power cut too.
 *
 * ```ts
 * import { createHub } from '@holdfast/core/hub'
 * import { sqliteBroker } from '@holdfast/adapters/sqlite'
 * const hub = createHub({ broker: sqliteBroker('holdfast.sqlite') })
 * ```
 *
 * Runs on Node 22.13, Deno 2.9 and Bun 1.4 or newer, without a package.
 *
 * @module
 */
export { sqliteBroker } from './broker.ts'
export { SqliteFileError, SqliteMissingError } from './errors.ts'
export type { SqliteBrokerOptions } from './options.ts'
