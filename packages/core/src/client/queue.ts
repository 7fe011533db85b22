import type { ConnectionGap, TopicEvent } from './types.ts'

/** What the application is to get, in order: an event, a gap, or only the knowledge of how far the stream has come. */
export interface Entry {
  id: string
  event?: TopicEvent
  gap?: ConnectionGap
}

// Reading stops above the first and goes on below a quarter of it. A chunk that is being parsed may go beyond.
const maxEntries = 256
const maxLength = 1_048_576

/** What was accepted and not consumed yet. It holds the sockets back instead of growing. */
export class EntryQueue {
  #entries: Entry[] = []
  #taken = 0
  #length = 0
  #onEntry: (() => void)[] = []
  #onRoom: (() => void)[] = []
  closed = false

  get size(): number {
    return this.#entries.length - this.#taken
  }

  push(entry: Entry): void {
    const last = this.#entries.at(-1)
    // Of several checkpoints only the last one matters.
    if (last && !last.event && !last.gap && !entry.event && !entry.gap && this.size > 0) last.id = entry.id
    else this.#entries.push(entry)
    this.#length += entry.event?.data.length ?? 0
    wake(this.#onEntry)
  }

  take(): Entry | undefined {
    const entry = this.#entries[this.#taken]
    if (!entry) return undefined
    // Moving the rest at each one would be quadratic.
    if (++this.#taken > 128 || this.size === 0) {
      this.#entries = this.#entries.slice(this.#taken)
      this.#taken = 0
    }
    this.#length -= entry.event?.data.length ?? 0
    if (this.size <= maxEntries / 4 && this.#length <= maxLength / 4) wake(this.#onRoom)
    return entry
  }

  /** Wait until there is an entry, or never will be. */
  entry(): Promise<void> {
    return this.size > 0 || this.closed ? Promise.resolve() : new Promise((resolve) => this.#onEntry.push(resolve))
  }

  get full(): boolean {
    return !this.closed && (this.size >= maxEntries || this.#length >= maxLength)
  }

  /** Wait until there is room. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#onRoom.push(resolve))
  }

  /** Nothing will be added. @param discard - and what there is will not be wanted */
  close(discard: boolean): void {
    this.closed = true
    if (discard) this.#entries.length = this.#taken = 0
    wake(this.#onEntry)
    wake(this.#onRoom)
  }
}

function wake(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) resolve()
}
