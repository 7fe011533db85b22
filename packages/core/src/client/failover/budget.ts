import type { Clock } from '../../clock.ts'
import { maxBudgets } from '../constants.ts'

// The clock stands for the process. A budget is kept as the time at which it was empty last.
const budgetsOf = new WeakMap<Clock, Map<string, number>>()

/** How much there may be of something. */
export interface BudgetSize {
  /** At once. */
  most: number
  /** Milliseconds until there may be one more. */
  refill: number
}

/** What all connections of a process to one set of endpoints may do, beside what they must. */
export class Budget {
  readonly #clock: Clock
  readonly #budgets: Map<string, number>
  readonly #key: string
  readonly #size: BudgetSize

  constructor(what: string, urls: readonly string[], size: BudgetSize, clock: Clock) {
    this.#clock = clock
    this.#size = size
    this.#key = [what, ...[...urls].sort()].join(' ')
    this.#budgets = budgetsOf.get(clock) ?? new Map<string, number>()
    budgetsOf.set(clock, this.#budgets)
  }

  /** Take one out of it. @returns false where there is none left */
  spend(): boolean {
    const now = this.#clock.now()
    const { most, refill } = this.#size
    const emptyAt = refill + Math.max(this.#budgets.get(this.#key) ?? -Infinity, now - most * refill)
    // But for the rounding of the sums.
    if (emptyAt > now + 1) return false
    if (this.#budgets.size >= maxBudgets) this.#budgets.clear()
    this.#budgets.set(this.#key, emptyAt)
    return true
  }

  /** Put back what was well spent. */
  refund(): void {
    const emptyAt = this.#budgets.get(this.#key)
    if (emptyAt !== undefined) this.#budgets.set(this.#key, emptyAt - this.#size.refill)
  }
}
