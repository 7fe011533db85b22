import { entryWeight, maxWaiting } from '../constants.ts'
import type { ConnectionGap, TopicEvent } from '../types.ts'

/** What the application is to get, in order: an event, a gap, or only the knowledge of how far the stream has come. */
export interface Entry {
  id: string
  event?: TopicEvent | undefined
  gap?: ConnectionGap | undefined
}

/** Places of entries that were taken are cut off, so many at once. */
const maxTaken = 1_024

/** What was accepted and not consumed yet. It holds the sockets back instead of growing. */
export class Queue {
  readonly #entries: (Entry | undefined)[] = []
  /** How many of them were taken: an array that is shifted for each event is moved for each event. */
  #taken = 0
  #weight = 0
  #isClosed = false
  readonly #filled = new Waiting()
  readonly #drained = new Waiting()

  get isFull(): boolean {
    return !this.#isClosed && this.#weight >= maxWaiting
  }

  get #isEmpty(): boolean {
    return this.#taken === this.#entries.length
  }

  /** Nothing will be added, and everything was taken. */
  get isOver(): boolean {
    return this.#isClosed && this.#isEmpty
  }

  /** Add an entry. Once it is closed, nothing is wanted any more. */
  push(entry: Entry): void {
    if (this.#isClosed) return
    if (isCheckpoint(entry) && this.#moveLast(entry.id)) return
    this.#entries.push(entry)
    this.#weight += weightOf(entry)
    this.#filled.end()
  }

  // Of several checkpoints only the last one matters.
  #moveLast(id: string): boolean {
    const last = this.#entries.at(-1)
    if (!last || !isCheckpoint(last)) return false
    this.#weight += id.length - last.id.length
    last.id = id
    return true
  }

  take(): Entry | undefined {
    const entry = this.#entries[this.#taken]
    if (!entry) return undefined
    // It is the taker's from here on: one who is always behind would keep all there ever was.
    this.#entries[this.#taken++] = undefined
    if (this.#isEmpty) this.#entries.length = this.#taken = 0
    else if (this.#taken === maxTaken) this.#cut()
    this.#weight -= weightOf(entry)
    if (this.#weight < maxWaiting) this.#drained.end()
    return entry
  }

  #cut(): void {
    this.#entries.splice(0, this.#taken)
    this.#taken = 0
  }

  /** Wait until there is an entry, or never will be. */
  async filled(): Promise<void> {
    if (this.#isEmpty && !this.#isClosed) await this.#filled.begin()
  }

  /** Wait until there is room for more, if there is none. */
  room(): Promise<void> | undefined {
    return this.isFull ? this.#drained.begin() : undefined
  }

  /** Nothing will be added. @param discard - and what there is will not be wanted */
  close(discard: boolean): void {
    this.#isClosed = true
    if (discard) this.#entries.length = this.#taken = this.#weight = 0
    this.#filled.end()
    this.#drained.end()
  }
}

/** One promise for all who wait for the same thing. */
class Waiting {
  #promise: Promise<void> | undefined
  #resolve = (): void => {}

  begin(): Promise<void> {
    return (this.#promise ??= new Promise((resolve) => (this.#resolve = resolve)))
  }

  end(): void {
    if (!this.#promise) return
    this.#promise = undefined
    this.#resolve()
  }
}

// All of it may be as large as a server likes.
function weightOf({ event, id }: Entry): number {
  return entryWeight + id.length + (event ? event.data.length + event.event.length : 0)
}

function isCheckpoint({ event, gap }: Entry): boolean {
  return !event && !gap
}
