import type { Chunk } from './chunk.ts'

const maxCachedRanges = 16

/** Chunks of a ring by where they begin, oldest first: those that end at a boundary, and those that end at the newest entry. */
export class ChunkCache {
  readonly #sealed = new Map<number, Chunk>()
  readonly #open = new Map<number, Chunk>()

  get(sequence: number): Chunk | undefined {
    return this.#open.get(sequence) ?? this.#sealed.get(sequence)
  }

  /** @param isOpen - it ends at the newest entry */
  set(sequence: number, chunk: Chunk, isOpen: boolean): void {
    const chunks = isOpen ? this.#open : this.#sealed
    chunks.set(sequence, chunk)
    if (chunks.size > maxCachedRanges) chunks.delete(chunks.keys().next().value as number)
  }

  /** There is a newer entry. */
  dropOpen(): void {
    this.#open.clear()
  }

  /** The entries before `start` are gone. */
  dropBefore(start: number): void {
    for (const chunks of [this.#sealed, this.#open]) {
      for (const sequence of chunks.keys()) if (sequence < start) chunks.delete(sequence)
    }
  }
}
