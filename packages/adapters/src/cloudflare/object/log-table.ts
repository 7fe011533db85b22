import type { Packed } from '../protocol.ts'

/** A row of the log; a publication of many events is one row, since Cloudflare bills rows written. */
export interface Row {
  first: number
  count: number
  /** Characters of its events. */
  size: number
  /** Characters of all rows up to this one, dropped ones included. */
  total: number
  at: number
}

type Stored<Part> = Part & Record<string, SqlStorageValue>

// Rows read are billed and a page is built in 128 MB of memory, so it ends at this many characters.
const pageSize = 4 * 1_048_576
const inOrder = 'SELECT first, count, size, total, at FROM holdfast_log ORDER BY first'

/** The table that a topic's log lies in. It knows rows; what is kept for how long is its owner's. */
export class LogTable {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS holdfast_log (
      first INTEGER PRIMARY KEY, count INTEGER NOT NULL, size INTEGER NOT NULL, total INTEGER NOT NULL,
      at INTEGER NOT NULL, key TEXT, events TEXT NOT NULL)`)
    this.#sql.exec('CREATE UNIQUE INDEX IF NOT EXISTS holdfast_keys ON holdfast_log (key) WHERE key IS NOT NULL')
  }

  drop(): void {
    this.#sql.exec('DROP TABLE IF EXISTS holdfast_log')
  }

  add({ first, count, size, total, at }: Row, key: string | undefined, events: string): void {
    this.#sql.exec(
      'INSERT INTO holdfast_log VALUES (?, ?, ?, ?, ?, ?, ?)',
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
    this.#sql.exec('DELETE FROM holdfast_log WHERE first <= ?', first)
  }

  /** Oldest first; each is read when it is asked for. */
  rows(): Iterable<Row> {
    return this.#sql.exec<Stored<Row>>(inOrder)
  }

  oldest(): Row | undefined {
    const [row] = this.#sql.exec<Stored<Row>>(`${inOrder} LIMIT 1`)
    return row
  }

  newest(): Row | undefined {
    const [row] = this.#sql.exec<Stored<Row>>(`${inOrder} DESC LIMIT 1`)
    return row
  }

  /** The offset of the last event that was stored with a key. */
  offsetOf(key: string): number | undefined {
    const [row] = this.#sql.exec<Stored<Row>>('SELECT first, count FROM holdfast_log WHERE key = ?', key)
    return row && row.first + row.count - 1
  }

  /** Up to `limit` events after an offset, fewer when they are large. There has to be a row with the first of them. */
  after(offset: number, limit: number): Packed[] {
    const found: Packed[] = []
    let missing = limit
    let size = 0
    const rows = this.#sql.exec<Stored<Row & { events: string }>>(
      'SELECT first, count, events FROM holdfast_log WHERE first >= (SELECT max(first) FROM holdfast_log WHERE first <= ?) ORDER BY first',
      offset + 1,
    )
    for (const { first, count, events } of rows) {
      const part = slice({ first, count, text: events }, offset, missing)
      found.push(part)
      missing -= part.count
      size += part.text.length
      if (missing <= 0 || size >= pageSize) break
    }
    return found
  }
}

/** The part of a row after an offset, and not more than `limit` events of it. */
function slice(row: Packed, offset: number, limit: number): Packed {
  const skip = Math.max(0, offset + 1 - row.first)
  if (skip === 0 && row.count <= limit) return row
  const events = (JSON.parse(row.text) as unknown[]).slice(skip, skip + limit)
  return { first: row.first + skip, count: events.length, text: JSON.stringify(events) }
}
