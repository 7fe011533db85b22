import type { Backlog, BacklogPage } from '../../fanout/backlog.ts'
import { buildChunk, type RingEntry } from '../../fanout/chunk.ts'
import type { HistoryReader } from './history-reader.ts'

/** What a subscriber missed, as bytes. */
export class Replay implements Backlog {
  readonly #reader: HistoryReader
  readonly #accepts: ((entry: RingEntry) => boolean) | undefined

  constructor(reader: HistoryReader, accepts: ((entry: RingEntry) => boolean) | undefined) {
    this.#reader = reader
    this.#accepts = accepts
  }

  async read(): Promise<BacklogPage | number> {
    const entries = await this.#reader.next()
    if (typeof entries === 'number') return entries
    const { bytes, events, lastId, toldId } = buildChunk(entries, 0, this.#accepts)
    return { bytes, events, lastId: lastId ?? this.#reader.checkpoint, toldId }
  }

  cancel(): void {
    this.#reader.cancel()
  }
}
