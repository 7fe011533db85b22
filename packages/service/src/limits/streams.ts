import { Refused } from '../refused.ts'
import { retryAfter } from '@holdfast/core/adapter'
import type { ResolvedLimits } from './limits.ts'

/** Who opens a stream, as far as that is known. */
export interface Opener {
  identity?: string | undefined
  address?: string | undefined
}

/** Counts the open streams of each identity and each address. It knows those of this service only, not of others. */
export class StreamCounter {
  readonly #identities: Counts
  readonly #addresses: Counts

  constructor({ streamsPerIdentity, streamsPerAddress }: ResolvedLimits) {
    this.#identities = new Counts(streamsPerIdentity, 'This identity')
    this.#addresses = new Counts(streamsPerAddress, 'This address')
  }

  /**
   * Count a stream from now on. Returns what must be called when it is over, more than once if need be; undefined where
   * nothing is limited.
   *
   * @throws {Refused} 429
   */
  open({ identity, address }: Opener): (() => void) | undefined {
    this.#identities.check(identity)
    this.#addresses.check(address)
    const releases = [this.#identities.add(identity), this.#addresses.add(address)].filter(
      (release) => release !== undefined,
    )
    if (releases.length === 0) return undefined
    return () => {
      for (const release of releases.splice(0)) release()
    }
  }
}

/** How many streams each key has, up to a limit. A key without a stream takes no memory. */
class Counts {
  readonly #limit: number
  readonly #who: string
  readonly #counts = new Map<string, number>()

  constructor(limit: number, who: string) {
    this.#limit = limit
    this.#who = who
  }

  check(key: string | undefined): void {
    if (key === undefined || (this.#counts.get(key) ?? 0) < this.#limit) return
    throw new Refused(429, 'too-many-streams', `${this.#who} has ${this.#limit} streams already`, retryAfter())
  }

  add(key: string | undefined): (() => void) | undefined {
    if (key === undefined || this.#limit === Infinity) return undefined
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1
      if (left > 0) this.#counts.set(key, left)
      else this.#counts.delete(key)
    }
  }
}
