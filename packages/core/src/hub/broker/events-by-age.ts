/** Something with a place in {@link EventsByAge}. */
export interface Aging {
  /** When it was published, on the monotonic clock. */
  readonly at: number
  /** Kept by the list. */
  older: Aging | undefined
  newer: Aging | undefined
}

/** The events of all topics in the order in which they were published, and how many bytes they take: a linked list. */
export class EventsByAge<Event extends Aging> {
  /** Of all that is in it. */
  bytes = 0
  #oldest: Aging | undefined
  #newest: Aging | undefined

  get oldest(): Event | undefined {
    return this.#oldest as Event | undefined
  }

  add(event: Event, bytes: number): void {
    event.older = this.#newest
    if (this.#newest) this.#newest.newer = event
    else this.#oldest = event
    this.#newest = event
    this.bytes += bytes
  }

  remove({ older, newer }: Event, bytes: number): void {
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    this.bytes -= bytes
  }
}
