import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { firstRow, type SqlDatabase, type SqlValue } from '../sql/database.ts'
import { SqliteFileError } from './errors.ts'

// SQLite waits in the thread that all streams are served by. Writers wait with a timer instead.
const blockingWait = 10

/** An open SQLite file. */
export class SqliteFile implements SqlDatabase {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #identity: string

  constructor(path: string, Database: typeof DatabaseSync) {
    this.path = path
    this.#database = new Database(path, { timeout: blockingWait })
    this.#identity = identityOf(path)
  }

  rows<Row>(sql: string, ...values: SqlValue[]): Iterable<Row> {
    return this.#prepare(sql).iterate(...values) as Iterable<Row>
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#prepare(sql).run(...values)
  }

  /** The value of a pragma, which is in a column of its own name. */
  pragma(name: string): number {
    return firstRow(this.rows<Record<string, number>>(`PRAGMA ${name}`))?.[name] ?? 0
  }

  /** All of it or nothing, and unseen by others until it is over. */
  write<Result>(action: () => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', action)
  }

  /** All queries see one state of the file. */
  read<Result>(action: () => Result): Result {
    return this.#transaction('BEGIN', action)
  }

  /** Bytes of the file that hold something. */
  get usedBytes(): number {
    return (this.pragma('page_count') - this.pragma('freelist_count')) * this.pragma('page_size')
  }

  /** @throws {SqliteFileError} the file was removed or replaced: what is written to the open one, nobody will find */
  checkThere(): void {
    if (this.path !== ':memory:' && identityOf(this.path) !== this.#identity)
      throw new SqliteFileError(`Cannot use "${this.path}": it was removed or replaced while it was open`)
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #transaction<Result>(begin: string, action: () => Result): Result {
    this.run(begin)
    try {
      const result = action()
      this.run('COMMIT')
      return result
    } catch (error) {
      // After a full disk SQLite may have rolled back by itself.
      if (this.#database.isTransaction) this.run('ROLLBACK')
      throw error
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#database.prepare(sql)))
    return statement
  }
}

function identityOf(path: string): string {
  if (path === ':memory:') return path
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats ? `${stats.dev}:${stats.ino}` : 'none'
}
