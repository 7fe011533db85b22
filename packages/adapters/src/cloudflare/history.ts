import type { BrokerEvent, Position } from '@holdfast/core/hub'
import type { HistoryLimits } from './limits.ts'
import { resolveLimits, type ResolvedHistoryLimits } from './limits.ts'
import { formatBatch, pack, type Packed, type PackedPage } from './protocol.ts'

/** What is stored about the topic itself. */
interface Topic {
  epoch: number
  /** The head when the last row was dropped. */
  trimmed: number
}

/** A row of the log; a publication of many events is one row, since Cloudflare bills rows written. */
interface Row extends Record<string, SqlStorageValue> {
  first: number
  count: number
  /** Characters of its events. */
  size: number
  /** Characters of all rows up to this one, dropped ones included. */
  total: number
  at: number
}

const topicName = 'holdfast:topic'
const rowSize = 262_144
// Rows read are billed and a page is built in 128 MB of memory, so it ends at this many characters.
const pageSize = 4 * 1_048_576

/**
 * One topic's log in SQLite: epoch, offsets, bounded history, duplicate keys.
 *
 * Everything here is synchronous, so each call is one step as seen by others. Nothing is stored before the first
 * `open`: a stranger who asks for topics that do not exist leaves no databases behind.
 */
export class TopicHistory {
  readonly #storage: DurableObjectStorage
  readonly #limits: () => HistoryLimits
  #stored: boolean
  #epoch: number
  /** The offset of the newest event. */
  #head = 0
  /** The offset before the oldest event kept. */
  #start = 0
  #total = 0
  #startTotal = 0
  #oldestAt = Infinity
  #newestAt = 0

  /** @param limits - asked each time, since a subclass's fields are not there yet when its object is constructed */
  constructor(storage: DurableObjectStorage, limits: () => HistoryLimits) {
    this.#storage = storage
    this.#limits = limits
    const topic = storage.kv.get<Topic>(topicName)
    this.#stored = topic !== undefined
    this.#epoch = topic?.epoch ?? Date.now()
    if (topic) this.#load(topic)
  }

  get head(): Position {
    return { epoch: this.#epoch, offset: this.#head }
  }

  get empty(): boolean {
    return this.#start === this.#head
  }

  get stored(): boolean {
    return this.#stored
  }

  get limits(): ResolvedHistoryLimits {
    return resolveLimits(this.#limits())
  }

  /** When the oldest event is too old; Infinity when there is none. */
  get trimAt(): number {
    return this.#oldestAt + this.limits.maxAge
  }

  /** Store the epoch, so that it is the same after the object was evicted. */
  open(): void {
    if (this.#stored) return
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec(`CREATE TABLE IF NOT EXISTS holdfast_log (
        first INTEGER PRIMARY KEY, count INTEGER NOT NULL, size INTEGER NOT NULL, total INTEGER NOT NULL,
        at INTEGER NOT NULL, key TEXT, events TEXT NOT NULL)`)
      this.#storage.sql.exec('CREATE UNIQUE INDEX IF NOT EXISTS holdfast_keys ON holdfast_log (key) WHERE key IS NOT NULL')
      this.#storage.kv.put<Topic>(topicName, { epoch: this.#epoch, trimmed: 0 })
    })
    this.#stored = true
  }

  /** The position that was stored with a key. */
  positionOf(key: string): Position | undefined {
    if (!this.#stored) return undefined
    const [row] = this.#storage.sql.exec<Row>('SELECT first, count FROM holdfast_log WHERE key = ?', key)
    return row && { epoch: this.#epoch, offset: row.first + row.count - 1 }
  }

  /** Append events, all or none; `also` is stored with them or not at all. Returns them packed. */
  append(events: readonly BrokerEvent[], key: string | undefined, now: number, also?: () => void): Packed[] {
    this.open()
    const packed = pack(events, this.#head + 1, rowSize)
    const at = Math.max(now, this.#newestAt)
    let total = this.#total
    this.#storage.transactionSync(() => {
      for (const [index, { first, count, text }] of packed.entries()) {
        total += text.length
        // With the last of its rows, so that the key is known for as long as any of them is kept.
        const ownKey = index === packed.length - 1 ? (key ?? null) : null
        this.#storage.sql.exec('INSERT INTO holdfast_log VALUES (?, ?, ?, ?, ?, ?, ?)', first, count, text.length, total, at, ownKey, text)
      }
      also?.()
    })
    if (this.empty) this.#oldestAt = at
    this.#newestAt = at
    this.#total = total
    this.#head += events.length
    this.#trimSome(now)
    return packed
  }

  /** Read up to `limit` events, fewer when they are large. */
  read(after: Position | 'earliest', limit: number): PackedPage {
    const gap = after === 'earliest' ? undefined : this.#gapAfter(after)
    const from = after === 'earliest' || gap ? this.#start : after.offset
    const packed = this.packedAfter(from, limit)
    const last = packed.at(-1)
    const end = last ? last.first + last.count - 1 : from
    const batch = packed.length > 0 ? formatBatch(this.#epoch, packed) : undefined
    const page: PackedPage = { head: this.head, batch, more: end < this.#head }
    return gap ? { ...page, gap } : page
  }

  /** Up to `limit` events after an offset, or after the oldest that is kept. */
  packedAfter(offset: number, limit: number): Packed[] {
    const found: Packed[] = []
    if (this.empty || offset >= this.#head) return found
    const from = Math.max(offset, this.#start)
    let missing = limit
    let size = 0
    const rows = this.#storage.sql.exec<Row & { events: string }>(
      'SELECT first, count, events FROM holdfast_log WHERE first >= (SELECT max(first) FROM holdfast_log WHERE first <= ?) ORDER BY first',
      from + 1,
    )
    for (const { first, count, events } of rows) {
      const part = slice({ first, count, text: events }, from, missing)
      found.push(part)
      missing -= part.count
      size += part.text.length
      if (missing <= 0 || size >= pageSize) break
    }
    return found
  }

  /** Drop what is above the limits. */
  trim(now: number): void {
    if (!this.#stored || this.empty) return
    const limits = this.limits
    const rows = this.#storage.sql.exec<Row>('SELECT first, count, size, total, at FROM holdfast_log ORDER BY first')
    let dropped: Row | undefined
    let kept: Row | undefined
    for (const row of rows) {
      if (!this.#isSuperfluous(row, limits, now)) {
        kept = row
        break
      }
      dropped = row
    }
    if (!dropped) return
    const { first, count, total } = dropped
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec('DELETE FROM holdfast_log WHERE first <= ?', first)
      // While there are rows, the last one knows the head.
      if (!kept) this.#storage.kv.put<Topic>(topicName, { epoch: this.#epoch, trimmed: this.#head })
    })
    this.#start = first + count - 1
    this.#startTotal = total
    this.#oldestAt = kept?.at ?? Infinity
  }

  /** Give the storage back. What comes next has another epoch: positions must not be used again. */
  async forget(now: number): Promise<void> {
    this.#storage.sql.exec('DROP TABLE IF EXISTS holdfast_log')
    this.#storage.kv.delete(topicName)
    this.#stored = false
    this.#epoch = Math.max(this.#epoch + 1, now)
    this.#head = this.#start = this.#total = this.#startTotal = this.#newestAt = 0
    this.#oldestAt = Infinity
    // A subclass may have tables and keys of its own.
    const [table] = this.#storage.sql.exec(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`)
    const [key] = this.#storage.kv.list({ limit: 1 })
    if (!table && !key) await this.#storage.deleteAll()
  }

  #load({ trimmed }: Topic): void {
    const rows = 'SELECT first, count, size, total, at FROM holdfast_log ORDER BY first'
    const [oldest] = this.#storage.sql.exec<Row>(`${rows} LIMIT 1`)
    const [newest] = this.#storage.sql.exec<Row>(`${rows} DESC LIMIT 1`)
    this.#head = newest ? newest.first + newest.count - 1 : trimmed
    this.#start = oldest ? oldest.first - 1 : trimmed
    this.#total = newest?.total ?? 0
    this.#startTotal = oldest ? oldest.total - oldest.size : 0
    this.#oldestAt = oldest?.at ?? Infinity
    this.#newestAt = newest?.at ?? 0
  }

  #gapAfter({ epoch, offset }: Position): PackedPage['gap'] {
    // A position ahead of the log is another log's, whatever its epoch says.
    if (epoch !== this.#epoch || offset > this.#head) return 'new-epoch'
    return offset < this.#start ? 'trimmed' : undefined
  }

  // In steps: a deletion for each publication would double the rows that are read and looked for.
  #trimSome(now: number): void {
    const { maxEvents, maxBytes } = this.limits
    const tooMany = this.#head - this.#start > maxEvents + Math.max(8, maxEvents / 8)
    const tooMuch = this.#total - this.#startTotal > maxBytes * 1.125
    if (tooMany || tooMuch) this.trim(now)
  }

  #isSuperfluous({ first, count, size, total, at }: Row, limits: ResolvedHistoryLimits, now: number): boolean {
    const end = first + count - 1
    if (end <= this.#head - limits.maxEvents || at <= now - limits.maxAge) return true
    return end < this.#head && this.#total - total + size > limits.maxBytes
  }
}

/** The part of a row after an offset, and not more than `limit` events of it. */
function slice(row: Packed, offset: number, limit: number): Packed {
  const skip = Math.max(0, offset + 1 - row.first)
  if (skip === 0 && row.count <= limit) return row
  const events = (JSON.parse(row.text) as unknown[]).slice(skip, skip + limit)
  return { first: row.first + skip, count: events.length, text: JSON.stringify(events) }
}
