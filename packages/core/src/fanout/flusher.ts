import type { Environment } from '../environment.ts'
import { turnsOf } from '../turns.ts'

/** What a {@link Flusher} flushes. */
export interface Flushable {
  /**
   * Serve subscribers for as much as `budget`, one for each and more for many bytes; adds itself again when there are more.
   * Returns how much was used.
   *
   * @param isOnly - no other ring has anything new
   */
  flush(budget: number, isOnly: boolean): number
}

// One flush to 5,000 subscribers blocks the loop for about 40 ms (Node 26): other work gets its turn in between.
const budgetOfATurn = 1_000

/** Flushes each ring once a turn, however many events were added to it, and large ones in slices. */
export class Flusher {
  /** Called after a turn in which no ring was put off for another. */
  onFlushed: (() => void) | undefined
  readonly #askForTurn: () => void
  #dirty = new Set<Flushable>()
  #scheduled = false

  constructor(environment: Environment) {
    this.#askForTurn = turnsOf(environment, () => this.#run())
  }

  /** Whether something waits for the end of the turn. */
  get isDue(): boolean {
    return this.#scheduled
  }

  /** Flush `ring` after this turn. */
  add(ring: Flushable): void {
    this.#dirty.add(ring)
    if (this.#scheduled) return
    this.#scheduled = true
    this.#askForTurn()
  }

  #run(): void {
    const dirty = this.#dirty
    this.#dirty = new Set()
    this.#scheduled = false
    const waiting: Flushable[] = []
    let budget = budgetOfATurn
    for (const ring of dirty) {
      if (budget > 0) budget -= ring.flush(budget, dirty.size === 1)
      else waiting.push(ring)
    }
    if (waiting.length > 0) this.#goFirst(waiting)
    else this.onFlushed?.()
  }

  // Before the rings that have had their turn and want another: a large one that is always busy would starve the rest.
  #goFirst(rings: readonly Flushable[]): void {
    const others = this.#dirty
    this.#dirty = new Set()
    for (const ring of rings) this.add(ring)
    for (const ring of others) this.add(ring)
  }
}
