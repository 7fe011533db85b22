import type { BrokerEvent, Position } from '@holdfast/core/hub'
import type { Packed } from '../../packed.ts'
import type { SqlDatabase } from '../../sql/database.ts'
import { keptIn } from '../../sql/kept.ts'
import { SqlLog } from '../../sql/log.ts'
import { createLogTable, dropLogTable, LogTable } from '../../sql/log-table.ts'
import { formatBatch, type PackedPage } from '../protocol.ts'
import { type HistoryLimits, resolveLimits, type ResolvedHistoryLimits } from './retention.ts'

/** What is stored about the topic itself. */
interface StoredTopic {
  epoch: number
  /** The head when the last row was dropped. */
  trimmed: number
}

const topicName = 'holdfast:topic'
// The table is made for logs of many topics. An object has one.
const onlyTopic = 0

/**
 * One topic's log in SQLite: epoch, offsets, bounded history, duplicate keys.
 *
 * Everything here is synchronous, so each call is one step as seen by others. Nothing is stored before the first
 * `open`: a stranger who asks for topics that do not exist leaves no databases behind.
 */
export class TopicHistory {
  readonly #storage: DurableObjectStorage
  readonly #database: SqlDatabase
  readonly #limits: () => HistoryLimits
  #stored: boolean
  #epoch: number
  #log: SqlLog

  /** @param limits - asked each time, since a subclass's fields are not there yet when its object is constructed */
  constructor(storage: DurableObjectStorage, limits: () => HistoryLimits) {
    this.#storage = storage
    this.#database = databaseOf(storage.sql)
    this.#limits = limits
    const topic = storage.kv.get<StoredTopic>(topicName)
    this.#stored = topic !== undefined
    this.#epoch = topic?.epoch ?? Date.now()
    this.#log = this.#openLog(topic?.trimmed ?? 0)
  }

  get head(): Position {
    return { epoch: this.#epoch, offset: this.#log.kept.head }
  }

  get empty(): boolean {
    return this.#log.empty
  }

  get stored(): boolean {
    return this.#stored
  }

  get limits(): ResolvedHistoryLimits {
    return resolveLimits(this.#limits())
  }

  /** When the oldest event is too old; Infinity when there is none. */
  get trimAt(): number {
    return this.#log.kept.oldestAt + this.limits.maxAge
  }

  /** Store the epoch, so that it is the same after the object was evicted. */
  open(): void {
    if (this.#stored) return
    this.#storage.transactionSync(() => {
      createLogTable(this.#database)
      this.#storage.kv.put<StoredTopic>(topicName, { epoch: this.#epoch, trimmed: 0 })
    })
    this.#stored = true
  }

  /** The position that was stored with a key. */
  positionOf(key: string): Position | undefined {
    if (!this.#stored) return undefined
    const offset = this.#log.offsetOf(key)
    return offset === undefined ? undefined : { epoch: this.#epoch, offset }
  }

  /** Append events, all or none; `also` is stored with them or not at all. Returns them packed. */
  append(events: readonly BrokerEvent[], key: string | undefined, now: number, also?: () => void): Packed[] {
    this.open()
    return this.#step(() => {
      const packed = this.#log.append(events, key, now)
      also?.()
      return packed
    })
  }

  /** Read up to `limit` events, fewer when they are large. */
  read(after: Position | 'earliest', limit: number): PackedPage {
    const { packed, more, gap } = this.#log.read(this.#epoch, after, limit)
    const batch = packed.length > 0 ? formatBatch(this.#epoch, packed) : undefined
    const page: PackedPage = { head: this.head, batch, more }
    return gap ? { ...page, gap } : page
  }

  /** Up to `limit` events after an offset, or after the oldest that is kept. */
  packedAfter(offset: number, limit: number): Packed[] {
    return this.#log.after(offset, limit)
  }

  /** Drop what is above the limits. */
  trim(now: number): void {
    if (!this.#stored || this.empty) return
    this.#step(() => {
      this.#log.trim(now)
      const { head } = this.#log.kept
      // While there are rows, the last one knows the head.
      if (this.empty) this.#storage.kv.put<StoredTopic>(topicName, { epoch: this.#epoch, trimmed: head })
    })
  }

  /** Give the storage back. What comes next has another epoch: positions must not be used again. */
  async forget(now: number): Promise<void> {
    dropLogTable(this.#database)
    this.#storage.kv.delete(topicName)
    this.#stored = false
    this.#epoch = Math.max(this.#epoch + 1, now)
    this.#log = this.#openLog(0)
    // A subclass may have tables and keys of its own.
    const [table] = this.#storage.sql.exec(
      `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    const [key] = this.#storage.kv.list({ limit: 1 })
    if (!table && !key) await this.#storage.deleteAll()
  }

  // One transaction. After one that was rolled back the log is another than it believes.
  #step<Result>(step: () => Result): Result {
    try {
      return this.#storage.transactionSync(step)
    } catch (error) {
      this.#log = this.#openLog(this.#storage.kv.get<StoredTopic>(topicName)?.trimmed ?? 0)
      throw error
    }
  }

  #openLog(trimmed: number): SqlLog {
    const table = new LogTable(this.#database, onlyTopic)
    const kept = this.#stored ? keptIn(table, trimmed) : emptyKept
    return new SqlLog(table, () => this.limits, kept)
  }
}

const emptyKept = { head: 0, start: 0, total: 0, startTotal: 0, oldestAt: Infinity, newestAt: 0 }

function databaseOf(sql: SqlStorage): SqlDatabase {
  return {
    rows: <Row>(query: string, ...values: (string | number | null)[]) => sql.exec(query, ...values) as Iterable<Row>,
    run: (query, ...values) => void sql.exec(query, ...values),
  }
}
