import type { Environment } from '../../environment.ts'
import { HoldfastError } from '../../errors.ts'

/** The broker did not answer, or a hub did not catch up, in the time that a subscriber is willing to wait. */
export class BrokerUnavailableError extends HoldfastError {
  readonly code = 'broker-unavailable'
}

const firstDelay = 100
const longestDelay = 5_000

/** Tries again with growing, jittered delays; can be cut at any time. */
export class Patience {
  readonly #environment: Environment
  readonly #maxTries: number
  #ended = false
  #cut: (() => void) | undefined

  /** @param maxTries - 8 tries take about 15 s */
  constructor(environment: Environment, maxTries = 8) {
    this.#environment = environment
    this.#maxTries = maxTries
  }

  /** End every wait now. */
  end(): void {
    this.#ended = true
    this.#cut?.()
  }

  /**
   * Call until it succeeds. Resolves with undefined after `end`.
   *
   * @throws {BrokerUnavailableError} the tries are used up; the cause is the last failure
   */
  async insist<T>(action: () => Promise<T>, onFailure?: (error: unknown) => void): Promise<T | undefined> {
    for (let tries = 1; !this.#ended; tries++) {
      try {
        return await action()
      } catch (cause) {
        onFailure?.(cause)
        if (tries >= this.#maxTries) {
          throw new BrokerUnavailableError(`Cannot read from the broker: it failed ${tries} times`, { cause })
        }
      }
      await this.#pause(tries)
    }
    return undefined
  }

  /**
   * Look until it is so, or `end`.
   *
   * @throws {BrokerUnavailableError} the tries are used up
   */
  async until(condition: () => boolean): Promise<void> {
    for (let tries = 1; !condition() && !this.#ended; tries++) {
      if (tries > this.#maxTries) throw new BrokerUnavailableError('Cannot resume: the hub is behind its client')
      await this.#pause(tries)
    }
  }

  #pause(tries: number): Promise<void> {
    if (this.#ended) return Promise.resolve()
    const longest = Math.min(longestDelay, firstDelay * 2 ** (tries - 1))
    const delay = longest * (0.5 + 0.5 * this.#environment.random())
    return new Promise((resolve) => {
      const timer = this.#environment.setTimer(resolve, delay)
      this.#cut = () => {
        this.#environment.clearTimer(timer)
        resolve()
      }
    })
  }
}
