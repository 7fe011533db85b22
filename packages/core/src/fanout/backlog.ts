/** Part of what a subscriber gets before it joins the ring. */
export interface BacklogPage {
  readonly bytes: Uint8Array
  readonly events: number
  /** The id after it. */
  readonly lastId: string
  /** The last id in `bytes`. */
  readonly toldId: string | undefined
}

/** What a subscriber has to get before, or instead of, what is in its ring. */
export interface Backlog {
  /** The next page, or the sequence number in the ring from which that has everything. */
  read(): Promise<BacklogPage | number>
  /** Nobody will read on. */
  cancel(): void
}
