import { type BrokerEvent, gapAfter, type HistoryPage, type Position } from '@holdfast/core/hub'
import { pack, type Packed } from '../packed.ts'
import { isAbove, isSuperfluous, type Kept, type LogLimits } from './kept.ts'
import type { LogRow, LogTable } from './log-table.ts'

/** A page of history as it lies in the table. */
export interface PackedPage {
  packed: Packed[]
  more: boolean
  gap: HistoryPage['gap']
}

// A row of a Durable Object may have 2 MB.
const rowSize = 262_144

/**
 * One topic's log: contiguous offsets, duplicate keys, bounded history.
 *
 * Each call is one step within a transaction of the caller. After one that was rolled back the log is another than it
 * believes, so it has to be made anew.
 */
export class SqlLog {
  readonly #table: LogTable
  readonly #limits: () => LogLimits
  #kept: Kept

  /** @param limits - asked each time: they may be a subclass's, whose fields come later */
  constructor(table: LogTable, limits: () => LogLimits, kept: Kept) {
    this.#table = table
    this.#limits = limits
    this.#kept = kept
  }

  get kept(): Kept {
    return this.#kept
  }

  get empty(): boolean {
    return this.#kept.start === this.#kept.head
  }

  offsetOf(key: string): number | undefined {
    return this.#table.offsetOf(key)
  }

  /** Append events, and drop what is above the limits. Returns them packed. */
  append(events: readonly BrokerEvent[], key: string | undefined, now: number): Packed[] {
    const packed = pack(events, this.#kept.head + 1, rowSize)
    const at = Math.max(now, this.#kept.newestAt)
    let { total } = this.#kept
    for (const [index, { first, count, text }] of packed.entries()) {
      total += text.length
      // With the last of its rows, so that the key is known for as long as any of them is kept.
      const ownKey = index === packed.length - 1 ? key : undefined
      this.#table.add({ first, count, size: text.length, total, at }, ownKey, text)
    }
    const head = this.#kept.head + events.length
    this.#kept = { ...this.#kept, head, total, newestAt: at, oldestAt: this.empty ? at : this.#kept.oldestAt }
    // In steps: a deletion for each publication would double the rows that are read and looked for.
    if (isAbove(this.#limits(), this.#kept)) this.trim(now)
    return packed
  }

  /** Read up to `limit` events, fewer when they are large. */
  read(epoch: number, after: Position | 'earliest', limit: number): PackedPage {
    const gap = gapAfter(after, this.#kept.start, { epoch, offset: this.#kept.head })
    const from = after === 'earliest' || gap ? this.#kept.start : after.offset
    const packed = this.after(from, limit)
    const last = packed.at(-1)
    const end = last ? last.first + last.count - 1 : from
    return { packed, more: end < this.#kept.head, gap }
  }

  /** Up to `limit` events after an offset, or after the oldest that is kept. */
  after(offset: number, limit: number): Packed[] {
    if (this.empty || offset >= this.#kept.head) return []
    return this.#table.after(Math.max(offset, this.#kept.start), limit)
  }

  /** Drop what is above the limits. */
  trim(now: number): void {
    const limits = this.#limits()
    let dropped: LogRow | undefined
    let oldest: LogRow | undefined
    for (const row of this.#table.rows()) {
      if (!isSuperfluous(row, limits, this.#kept, now)) {
        oldest = row
        break
      }
      dropped = row
    }
    if (!dropped) return
    const { first, count, total } = dropped
    this.#table.dropUpTo(first)
    this.#kept = { ...this.#kept, start: first + count - 1, startTotal: total, oldestAt: oldest?.at ?? Infinity }
  }
}
