import type { Packed } from '../packed.ts'
import { firstRow, type SqlDatabase } from './database.ts'

/** A row of a log: what was published together, since each row written costs, at Cloudflare also money. */
export interface LogRow {
  /** The offset of its first event. */
  first: number
  count: number
  /** Characters of its events. */
  size: number
  /** Characters of all rows that were ever in the table, this one included. */
  total: number
  /** When it was stored. */
  at: number
}

const page = 4 * 1_048_576
const columns = 'first, count, size, total, at'

/** The table that logs lie in, of one topic or of many. */
export function createLogTable(database: SqlDatabase): void {
  // Without a row id the topic's rows lie in their order, and a row costs one write.
  database.run(`CREATE TABLE IF NOT EXISTS holdfast_log (
    topic INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, size INTEGER NOT NULL,
    total INTEGER NOT NULL, at INTEGER NOT NULL, key TEXT, events TEXT NOT NULL,
    PRIMARY KEY (topic, first)) WITHOUT ROWID`)
  database.run('CREATE UNIQUE INDEX IF NOT EXISTS holdfast_keys ON holdfast_log (topic, key) WHERE key IS NOT NULL')
}

/** Give the table's space back. */
export function dropLogTable(database: SqlDatabase): void {
  database.run('DROP TABLE IF EXISTS holdfast_log')
}

/** The rows of one topic. It knows rows; what is kept for how long is its owner's. */
export class LogTable {
  readonly #database: SqlDatabase
  readonly #topic: number

  constructor(database: SqlDatabase, topic: number) {
    this.#database = database
    this.#topic = topic
  }

  add({ first, count, size, total, at }: LogRow, key: string | undefined, events: string): void {
    this.#database.run(
      'INSERT INTO holdfast_log (topic, first, count, size, total, at, key, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      this.#topic,
      first,
      count,
      size,
      total,
      at,
      key ?? null,
      events,
    )
  }

  /** Drop all rows up to the one that begins at this offset. */
  dropUpTo(first: number): void {
    this.#database.run('DELETE FROM holdfast_log WHERE topic = ? AND first <= ?', this.#topic, first)
  }

  /** Oldest first. */
  rows(): Iterable<LogRow> {
    return this.#inOrder('')
  }

  /** @param since - older rows do not count; milliseconds since 1970 */
  oldest(since: number = -Infinity): LogRow | undefined {
    if (since === -Infinity) return firstRow(this.#inOrder('LIMIT 1'))
    const sql = `SELECT ${columns} FROM holdfast_log WHERE topic = ? AND at > ? ORDER BY first LIMIT 1`
    return firstRow(this.#database.rows<LogRow>(sql, this.#topic, since))
  }

  newest(): LogRow | undefined {
    return firstRow(this.#inOrder('DESC LIMIT 1'))
  }

  /** The offset of the last event that was stored with a key. */
  offsetOf(key: string): number | undefined {
    const row = firstRow(
      this.#database.rows<LogRow>(
        'SELECT first, count FROM holdfast_log WHERE topic = ? AND key = ?',
        this.#topic,
        key,
      ),
    )
    return row && row.first + row.count - 1
  }

  /** Up to `limit` events after an offset, fewer when they are large. There has to be a row with the first of them. */
  after(offset: number, limit: number): Packed[] {
    const found: Packed[] = []
    let missing = limit
    let size = 0
    const rows = this.#database.rows<LogRow & { events: string }>(
      `SELECT first, count, events FROM holdfast_log WHERE topic = ?1 AND first >=
        (SELECT max(first) FROM holdfast_log WHERE topic = ?1 AND first <= ?2) ORDER BY first`,
      this.#topic,
      offset + 1,
    )
    for (const { first, count, events } of rows) {
      const part = slice({ first, count, text: events }, offset, missing)
      found.push(part)
      missing -= part.count
      size += part.text.length
      if (missing <= 0 || size >= page) break
    }
    return found
  }

  #inOrder(end: string): Iterable<LogRow> {
    return this.#database.rows(`SELECT ${columns} FROM holdfast_log WHERE topic = ? ORDER BY first ${end}`, this.#topic)
  }
}

/** The part of a row after an offset, and not more than `limit` events of it. */
function slice(row: Packed, offset: number, limit: number): Packed {
  const skip = Math.max(0, offset + 1 - row.first)
  if (skip === 0 && row.count <= limit) return row
  const events = (JSON.parse(row.text) as unknown[]).slice(skip, skip + limit)
  return { first: row.first + skip, count: events.length, text: JSON.stringify(events) }
}
