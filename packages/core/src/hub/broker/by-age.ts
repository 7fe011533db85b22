/** Something with a place in {@link ByAge}. */
export interface Aging {
  readonly bytes: number
  /** Kept by the list. */
  older: Aging | undefined
  newer: Aging | undefined
}

/** Items in the order in which they came, and how many bytes they take: a linked list, which nothing ever copies. */
export class ByAge<Item extends Aging> {
  #bytes = 0
  #oldest: Aging | undefined
  #newest: Aging | undefined

  /** Of all that is in it. */
  get bytes(): number {
    return this.#bytes
  }

  get oldest(): Item | undefined {
    return this.#oldest as Item | undefined
  }

  has(item: Item): boolean {
    return item.older !== undefined || item === this.#oldest
  }

  add(item: Item): void {
    item.older = this.#newest
    if (this.#newest) this.#newest.newer = item
    else this.#oldest = item
    this.#newest = item
    this.#bytes += item.bytes
  }

  remove(item: Item): void {
    const { older, newer } = item
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    item.older = item.newer = undefined
    this.#bytes -= item.bytes
  }
}
