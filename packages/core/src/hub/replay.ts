import type { Backlog, BacklogPage } from '../stream/backlog.ts'
import { type FeedEntry, joinEntries, lengthOf } from '../stream/feed.ts'
import type { HistoryReader } from './history-reader.ts'

/** What a subscriber missed, as bytes. */
export class Replay implements Backlog {
  readonly #reader: HistoryReader
  readonly #accepts: ((entry: FeedEntry) => boolean) | undefined

  constructor(reader: HistoryReader, accepts: ((entry: FeedEntry) => boolean) | undefined) {
    this.#reader = reader
    this.#accepts = accepts
  }

  async read(): Promise<BacklogPage | number> {
    const entries = await this.#reader.next()
    if (typeof entries === 'number') return entries
    const accepts = this.#accepts
    const selected = accepts ? entries.filter(accepts) : entries
    const length = selected.reduce((total, entry) => total + lengthOf(entry), 0)
    return {
      bytes: joinEntries(selected, length),
      events: selected.filter(({ comment }) => !comment).length,
      lastId: entries.at(-1)?.id ?? this.#reader.checkpoint,
      toldId: selected.at(-1)?.id,
    }
  }

  cancel(): void {
    this.#reader.cancel()
  }
}
