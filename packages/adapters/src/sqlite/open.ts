import process from 'node:process'
import type { DatabaseSync } from 'node:sqlite'
import { firstRow } from '../sql/database.ts'
import { createLogTable } from '../sql/log-table.ts'
import { SqliteFileError, SqliteMissingError, toBrokerError } from './errors.ts'
import { SqliteFile } from './file.ts'

// "HLDF", by which SQLite's own tools and we know our files.
const applicationId = 0x484c_4446
const version = 1
const mostWriteAheadLog = 64 * 1_048_576
// Other processes may open the file at the same moment, and there is nothing to serve yet.
const openTimeout = 2_000

/**
 * Open a log, and make it where there is none.
 *
 * @throws {SqliteMissingError} the runtime has no `node:sqlite`
 * @throws {SqliteFileError} the file is another program's, corrupt, or cannot be opened or written
 * @throws {BrokerUnavailableError} another process keeps the file locked, or the disk is full
 */
export function openLog(path: string, synchronous: 'full' | 'normal'): SqliteFile {
  const Database = loadDatabase()
  let file: SqliteFile | undefined
  try {
    file = new SqliteFile(path, Database)
    prepare(file, synchronous)
    return file
  } catch (error) {
    file?.close()
    throw toBrokerError(`Cannot open "${path}"`, error)
  }
}

function prepare(file: SqliteFile, synchronous: 'full' | 'normal'): void {
  const patience = file.pragma('busy_timeout')
  firstRow(file.rows(`PRAGMA busy_timeout = ${openTimeout}`))
  if (!isOurs(file)) create(file)
  firstRow(file.rows('PRAGMA journal_mode = WAL'))
  file.run(`PRAGMA synchronous = ${synchronous}`)
  firstRow(file.rows(`PRAGMA journal_size_limit = ${mostWriteAheadLog}`))
  firstRow(file.rows(`PRAGMA busy_timeout = ${patience}`))
}

/** False for an empty file. @throws {SqliteFileError} another program's, or a later version's */
function isOurs(file: SqliteFile): boolean {
  if (file.pragma('application_id') !== applicationId) {
    if (firstRow(file.rows('SELECT 1 FROM sqlite_master')))
      throw new SqliteFileError(`Cannot use "${file.path}": it is a database of another program`)
    return false
  }
  if (file.pragma('user_version') !== version)
    throw new SqliteFileError(
      `Cannot use "${file.path}": its version is ${file.pragma('user_version')}, and this release knows ${version}`,
    )
  return true
}

function create(file: SqliteFile): void {
  file.write(() => {
    // Of processes that start together the first one makes it.
    if (isOurs(file)) return
    createLogTable(file)
    // The order of all rows: in which the oldest are dropped, and others' are noticed.
    file.run('CREATE UNIQUE INDEX holdfast_order ON holdfast_log (total)')
    file.run(`CREATE TABLE holdfast_topics (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
      trimmed INTEGER NOT NULL, used INTEGER NOT NULL)`)
    file.run('CREATE INDEX holdfast_used ON holdfast_topics (used)')
    // The epoch of topics that are not there, and the place of the newest row that was dropped for its age or for room.
    file.run('CREATE TABLE holdfast_state (epoch INTEGER NOT NULL, dropped INTEGER NOT NULL)')
    file.run('INSERT INTO holdfast_state VALUES (?, 0)', Date.now())
    file.run(`CREATE TABLE holdfast_signals (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, hub TEXT NOT NULL, text TEXT NOT NULL)`)
    file.run(`PRAGMA application_id = ${applicationId}`)
    file.run(`PRAGMA user_version = ${version}`)
  })
}

// Asked for when a broker is made: an import of `node:sqlite` would end a program on Node 20 at its start.
function loadDatabase(): typeof DatabaseSync {
  const sqlite = process.getBuiltinModule?.('node:sqlite')
  if (sqlite) return sqlite.DatabaseSync
  throw new SqliteMissingError(
    `Cannot open a SQLite file: ${process.version} has no node:sqlite; it takes Node 22.13, Deno 2.9, Bun 1.4 or newer`,
  )
}
