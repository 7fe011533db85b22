/** Chance that can be had again: everything a simulated run decides comes from one of these. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  // mulberry32
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from 0 up to but not including `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('Nothing to pick from')
    return from[this.below(from.length)] as T
  }

  /** One of the names, each as likely as its weight says. */
  weighted<Name extends string>(weights: Record<Name, number>): Name {
    const entries = Object.entries(weights) as [Name, number][]
    let left = this.next() * entries.reduce((total, [, weight]) => total + weight, 0)
    for (const [name, weight] of entries) {
      left -= weight
      if (left < 0) return name
    }
    return this.pick(entries)[0]
  }

  /** Some of them, at least one, in their order. */
  some<T>(from: readonly T[]): T[] {
    const chosen = from.filter(() => this.chance(0.6))
    return chosen.length > 0 ? chosen : [this.pick(from)]
  }
}
