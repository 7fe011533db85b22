import { setTimeout as wait } from 'node:timers/promises'

/** How long after the first who asks others still belong to the same play. Whoever waits for one asks again at its end. */
const gatherFor = 200

/**
 * Does work once for all who ask for parts of it in the same moment.
 *
 * Cases that run side by side ask together, and get one play of all scenes. Those that failed are tried again together,
 * and get one play of their scenes alone.
 */
export class Gathering<Part, Result> {
  readonly #work: (parts: readonly Part[]) => Promise<Result>
  #parts = new Set<Part>()
  #next: Promise<Result> | undefined

  constructor(work: (parts: readonly Part[]) => Promise<Result>) {
    this.#work = work
  }

  /** The result of work that has these parts, and those of whoever asked at the same time. */
  ask(parts: Iterable<Part>): Promise<Result> {
    for (const part of parts) this.#parts.add(part)
    return (this.#next ??= this.#begin())
  }

  async #begin(): Promise<Result> {
    await wait(gatherFor)
    const parts = [...this.#parts]
    this.#parts = new Set()
    this.#next = undefined
    return this.#work(parts)
  }
}
