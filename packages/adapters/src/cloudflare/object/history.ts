import { type BrokerEvent, gapAfter, type Position } from '@holdfast/core/hub'
import {
  emptyExtent,
  type Extent,
  extentOf,
  type HistoryLimits,
  isAbove,
  isSuperfluous,
  resolveLimits,
  type ResolvedHistoryLimits,
} from './retention.ts'
import { LogTable, type Row } from './log-table.ts'
import { formatBatch, pack, type Packed, type PackedPage } from '../protocol.ts'

/** What is stored about the topic itself. */
interface StoredTopic {
  epoch: number
  /** The head when the last row was dropped. */
  trimmed: number
}

const topicName = 'holdfast:topic'
const rowSize = 262_144

/**
 * One topic's log in SQLite: epoch, offsets, bounded history, duplicate keys.
 *
 * Everything here is synchronous, so each call is one step as seen by others. Nothing is stored before the first
 * `open`: a stranger who asks for topics that do not exist leaves no databases behind.
 */
export class TopicHistory {
  readonly #storage: DurableObjectStorage
  readonly #table: LogTable
  readonly #limits: () => HistoryLimits
  #stored: boolean
  #epoch: number
  #extent: Extent = emptyExtent

  /** @param limits - asked each time, since a subclass's fields are not there yet when its object is constructed */
  constructor(storage: DurableObjectStorage, limits: () => HistoryLimits) {
    this.#storage = storage
    this.#table = new LogTable(storage.sql)
    this.#limits = limits
    const topic = storage.kv.get<StoredTopic>(topicName)
    this.#stored = topic !== undefined
    this.#epoch = topic?.epoch ?? Date.now()
    if (topic) this.#extent = extentOf(this.#table, topic.trimmed)
  }

  get head(): Position {
    return { epoch: this.#epoch, offset: this.#extent.head }
  }

  get empty(): boolean {
    return this.#extent.start === this.#extent.head
  }

  get stored(): boolean {
    return this.#stored
  }

  get limits(): ResolvedHistoryLimits {
    return resolveLimits(this.#limits())
  }

  /** When the oldest event is too old; Infinity when there is none. */
  get trimAt(): number {
    return this.#extent.oldestAt + this.limits.maxAge
  }

  /** Store the epoch, so that it is the same after the object was evicted. */
  open(): void {
    if (this.#stored) return
    this.#storage.transactionSync(() => {
      this.#table.create()
      this.#storage.kv.put<StoredTopic>(topicName, { epoch: this.#epoch, trimmed: 0 })
    })
    this.#stored = true
  }

  /** The position that was stored with a key. */
  positionOf(key: string): Position | undefined {
    if (!this.#stored) return undefined
    const offset = this.#table.offsetOf(key)
    return offset === undefined ? undefined : { epoch: this.#epoch, offset }
  }

  /** Append events, all or none; `also` is stored with them or not at all. Returns them packed. */
  append(events: readonly BrokerEvent[], key: string | undefined, now: number, also?: () => void): Packed[] {
    this.open()
    const packed = pack(events, this.#extent.head + 1, rowSize)
    const at = Math.max(now, this.#extent.newestAt)
    let { total } = this.#extent
    this.#storage.transactionSync(() => {
      for (const [index, { first, count, text }] of packed.entries()) {
        total += text.length
        // With the last of its rows, so that the key is known for as long as any of them is kept.
        const ownKey = index === packed.length - 1 ? key : undefined
        this.#table.add({ first, count, size: text.length, total, at }, ownKey, text)
      }
      also?.()
    })
    const head = this.#extent.head + events.length
    this.#extent = { ...this.#extent, head, total, newestAt: at, oldestAt: this.empty ? at : this.#extent.oldestAt }
    // In steps: a deletion for each publication would double the rows that are read and looked for.
    if (isAbove(this.limits, this.#extent)) this.trim(now)
    return packed
  }

  /** Read up to `limit` events, fewer when they are large. */
  read(after: Position | 'earliest', limit: number): PackedPage {
    const gap = gapAfter(after, this.#extent.start, this.head)
    const from = after === 'earliest' || gap ? this.#extent.start : after.offset
    const packed = this.packedAfter(from, limit)
    const last = packed.at(-1)
    const end = last ? last.first + last.count - 1 : from
    const batch = packed.length > 0 ? formatBatch(this.#epoch, packed) : undefined
    const page: PackedPage = { head: this.head, batch, more: end < this.#extent.head }
    return gap ? { ...page, gap } : page
  }

  /** Up to `limit` events after an offset, or after the oldest that is kept. */
  packedAfter(offset: number, limit: number): Packed[] {
    if (this.empty || offset >= this.#extent.head) return []
    return this.#table.after(Math.max(offset, this.#extent.start), limit)
  }

  /** Drop what is above the limits. */
  trim(now: number): void {
    if (!this.#stored || this.empty) return
    const { limits } = this
    let dropped: Row | undefined
    let oldest: Row | undefined
    for (const row of this.#table.rows()) {
      if (!isSuperfluous(row, limits, this.#extent, now)) {
        oldest = row
        break
      }
      dropped = row
    }
    if (!dropped) return
    const { first, count, total } = dropped
    this.#storage.transactionSync(() => {
      this.#table.dropUpTo(first)
      // While there are rows, the last one knows the head.
      if (!oldest) this.#storage.kv.put<StoredTopic>(topicName, { epoch: this.#epoch, trimmed: this.#extent.head })
    })
    this.#extent = { ...this.#extent, start: first + count - 1, startTotal: total, oldestAt: oldest?.at ?? Infinity }
  }

  /** Give the storage back. What comes next has another epoch: positions must not be used again. */
  async forget(now: number): Promise<void> {
    this.#table.drop()
    this.#storage.kv.delete(topicName)
    this.#stored = false
    this.#epoch = Math.max(this.#epoch + 1, now)
    this.#extent = emptyExtent
    // A subclass may have tables and keys of its own.
    const [table] = this.#storage.sql.exec(
      `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
    )
    const [key] = this.#storage.kv.list({ limit: 1 })
    if (!table && !key) await this.#storage.deleteAll()
  }
}
