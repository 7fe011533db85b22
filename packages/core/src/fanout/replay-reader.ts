import type { Chunk } from './chunk.ts'
import type { Place } from './place.ts'

/** A part of a replay. */
export interface Page {
  readonly chunk: Chunk
  /** Whose topic it is of; undefined where it is of none, or of all. */
  readonly place: Place | undefined
}

/** What a subscriber has to get before, or instead of, what is in its rings. */
export interface Replay {
  /** The next part of it; undefined when the rings have everything from where the subscriber's places are. */
  read(): Promise<Page | undefined>
  /** What its subscriber has taken of the last part. */
  taken(chunk: Chunk): void
  /** Nobody will read on. */
  cancel(): void
}

/** What is told of a replay. */
export interface ReplayListener {
  /** There is a part to take. */
  onPage(): void
  /** All has been taken: what follows is in the rings. */
  onEnd(): void
  onFailed(error: unknown): void
}

/** Reads a replay for its subscriber, the next part once the last one has been taken. */
export class ReplayReader {
  readonly #replay: Replay
  readonly #listener: ReplayListener
  /** What was read and is not taken yet. */
  #page: Page | undefined
  #reading = false
  #cancelled = false

  constructor(replay: Replay, listener: ReplayListener) {
    this.#replay = replay
    this.#listener = listener
  }

  /** There is a part to take. */
  get hasPage(): boolean {
    return this.#page !== undefined
  }

  /** The next part. Where there is none yet, it is read, and the listener told. */
  next(): Page | undefined {
    const page = this.#page
    this.#page = undefined
    if (!page && !this.#reading) void this.#read()
    return page
  }

  taken(chunk: Chunk): void {
    this.#replay.taken(chunk)
  }

  cancel(): void {
    this.#cancelled = true
    this.#replay.cancel()
  }

  async #read(): Promise<void> {
    this.#reading = true
    const tell = await this.#replay.read().then(
      (page) => () => this.#take(page),
      (error: unknown) => () => this.#listener.onFailed(error),
    )
    this.#reading = false
    if (!this.#cancelled) tell()
  }

  #take(page: Page | undefined): void {
    this.#page = page
    if (page) this.#listener.onPage()
    else this.#listener.onEnd()
  }
}
