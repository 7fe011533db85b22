import { HoldfastError } from '@holdfast/core'
import { BrokerUnavailableError } from '@holdfast/core/hub'

/** This runtime has no `node:sqlite`. */
export class SqliteMissingError extends HoldfastError {
  readonly code = 'sqlite-missing'
}

/** The file can't be used: another program's, corrupt, read-only, removed while it was open. Waiting does not help. */
export class SqliteFileError extends HoldfastError {
  readonly code = 'sqlite-file'
}

interface SqliteError {
  code?: string
  /** SQLite's result code, extended by bits above the lowest eight. */
  errcode?: number
  message: string
}

// Deno 2.9 gives no `errcode` where a file is opened: there the words of sqlite3_errstr() stand for it.
const meanings: { code: number; words: RegExp; temporary: boolean }[] = [
  { code: 5, words: /database is locked/, temporary: true },
  { code: 6, words: /table is locked/, temporary: true },
  { code: 8, words: /readonly database/, temporary: false },
  { code: 10, words: /disk I\/O error/, temporary: true },
  { code: 11, words: /malformed/, temporary: false },
  { code: 13, words: /database or disk is full/, temporary: true },
  { code: 14, words: /unable to open/, temporary: false },
  { code: 26, words: /not a database/, temporary: false },
]

const [busy, locked] = [5, 6]

/** Whether another process holds the file's lock. */
export function isBusy(error: unknown): boolean {
  const code = meaningOf(error)?.code
  return code === busy || code === locked
}

/**
 * Say what a failure means to whoever publishes or reads.
 *
 * @param action - what could not be done, such as `Cannot write to "log.sqlite"`
 */
export function toBrokerError(action: string, cause: unknown): unknown {
  if (!isSqliteError(cause)) return cause
  const message = `${action}: ${cause.message}`
  return meaningOf(cause)?.temporary === false
    ? new SqliteFileError(message, { cause })
    : new BrokerUnavailableError(message, { cause })
}

function meaningOf(error: unknown): (typeof meanings)[number] | undefined {
  if (!isSqliteError(error)) return undefined
  const { errcode, message } = error
  return meanings.find(({ code, words }) => (errcode === undefined ? words.test(message) : (errcode & 0xff) === code))
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}
