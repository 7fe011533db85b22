import { entryWeight, maxWaiting } from '../constants.ts'
import type { ConnectionGap, TopicEvent } from '../types.ts'

/** What the application is to get, in order: an event, a gap, or only the knowledge of how far the stream has come. */
export interface Entry {
  id: string
  event?: TopicEvent | undefined
  gap?: ConnectionGap | undefined
}

/** What was accepted and not consumed yet. It holds the sockets back instead of growing. */
export class Queue {
  #entries: Entry[] = []
  /** How many of them were taken: an array that is shifted for each event is moved for each event. */
  #taken = 0
  #weight = 0
  #closed = false
  #change: PromiseWithResolvers | undefined

  get isFull(): boolean {
    return !this.#closed && this.#weight >= maxWaiting
  }

  /** Nothing will be added, and everything was taken. */
  get isOver(): boolean {
    return this.#closed && this.#taken === this.#entries.length
  }

  push(entry: Entry): void {
    const last = this.#entries.at(-1)
    // Of several checkpoints only the last one matters.
    if (last && this.#taken < this.#entries.length && isCheckpoint(last) && isCheckpoint(entry)) {
      last.id = entry.id
      return
    }
    this.#entries.push(entry)
    this.#weigh(1, entry)
  }

  take(): Entry | undefined {
    const entry = this.#entries[this.#taken]
    if (!entry) return undefined
    this.#taken++
    if (this.#taken === this.#entries.length) this.#entries.length = this.#taken = 0
    this.#weigh(-1, entry)
    return entry
  }

  /** Wait until there is an entry, or never will be. */
  async filled(): Promise<void> {
    while (this.#taken === this.#entries.length && !this.#closed) await this.changed()
  }

  /** Wait until something is added or taken, or never will be. */
  changed(): Promise<void> {
    return (this.#change ??= withResolvers()).promise
  }

  /** Nothing will be added. @param discard - and what there is will not be wanted */
  close(discard: boolean): void {
    this.#closed = true
    if (discard) this.#entries.length = this.#taken = this.#weight = 0
    this.#told()
  }

  #weigh(sign: number, { event }: Entry): void {
    this.#weight += sign * (entryWeight + (event ? event.data.length : 0))
    if (this.#change) this.#told()
  }

  #told(): void {
    this.#change?.resolve()
    this.#change = undefined
  }
}

interface PromiseWithResolvers {
  promise: Promise<void>
  resolve: () => void
}

// `Promise.withResolvers` is missing in Node 20.
function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}

function isCheckpoint({ event, gap }: Entry): boolean {
  return !event && !gap
}
