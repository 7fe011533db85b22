/** Something that knows its place in one {@link SlotList}. */
export interface Slotted {
  /** Its index, or -1 while it is in no list. */
  slot: number
}

/** An unordered list with constant-time removal: the last item takes the place of the one that leaves. */
export class SlotList<T extends Slotted> {
  readonly items: T[] = []

  add(item: T): void {
    item.slot = this.items.length
    this.items.push(item)
  }

  remove(item: T): void {
    const last = this.items.pop()
    if (last && last !== item) {
      this.items[item.slot] = last
      last.slot = item.slot
    }
    item.slot = -1
  }
}
