import type { Environment } from '../environment.ts'
import { Flusher } from './flusher.ts'

/** Something that keeps bytes for subscribers that are behind. */
export interface Keeper {
  /** Let go of all that need not be kept. */
  letGo(): void
}

/**
 * What some rings have in common: the end of their turn, the order in which entries came to any of them, and one budget in
 * bytes. Where that is used up, rings are taken away: who read there is refilled from the history.
 */
export class RingGroup {
  readonly environment: Environment
  readonly flusher: Flusher
  readonly #maxBytes: number
  readonly #keepers = new Set<Keeper>()
  #bytes = 0
  #order = 0

  /** @param maxBytes - of all rings together, what has not been flushed yet not counted */
  constructor(environment: Environment, maxBytes: number = Infinity) {
    this.environment = environment
    this.flusher = new Flusher(environment)
    this.#maxBytes = maxBytes
  }

  /** The bytes that its rings keep. */
  get bytes(): number {
    return this.#bytes
  }

  /** A number for the next entry. */
  nextOrder(): number {
    return this.#order++
  }

  /** A ring keeps so many bytes more. */
  keep(keeper: Keeper, bytes: number): void {
    this.#keepers.add(keeper)
    this.#bytes += bytes
  }

  /** A ring keeps so many bytes less. @param isAll - it keeps nothing any more */
  release(keeper: Keeper, bytes: number, isAll: boolean): void {
    this.#bytes -= bytes
    if (isAll) this.#keepers.delete(keeper)
  }

  /** Take rings away until they fit the budget, those first that have kept something for longest. */
  fit(): void {
    if (this.#bytes <= this.#maxBytes) return
    for (const keeper of this.#keepers) {
      // Well below it at once: near it, each flush would look for one again.
      if (this.#bytes <= this.#maxBytes * 0.75) return
      keeper.letGo()
    }
  }
}
