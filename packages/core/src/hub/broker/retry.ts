import type { Environment } from '../../environment.ts'
import { BrokerUnavailableError } from '../errors.ts'

const firstDelay = 100
const longestDelay = 5_000

/** Tries again with growing, jittered delays; can be cut at any time. */
export class Retry {
  readonly #environment: Environment
  readonly #maxTries: number
  #cancelled = false
  #cutPause: (() => void) | undefined

  /** @param maxTries - 8 tries take about 15 s */
  constructor(environment: Environment, maxTries = 8) {
    this.#environment = environment
    this.#maxTries = maxTries
  }

  /** Give up, and end every wait now. */
  cancel(): void {
    this.#cancelled = true
    this.#cutPause?.()
  }

  /**
   * Call until it succeeds. Resolves with undefined after `cancel`.
   *
   * @throws {BrokerUnavailableError} the tries are used up; the cause is the last failure
   */
  async call<T>(action: () => Promise<T>, onFailure?: (error: unknown) => void): Promise<T | undefined> {
    for (let tries = 1; !this.#cancelled; tries++) {
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
   * Look until it is so, or `cancel`.
   *
   * @throws {BrokerUnavailableError} the tries are used up
   */
  async waitFor(condition: () => boolean): Promise<void> {
    for (let tries = 1; !condition() && !this.#cancelled; tries++) {
      if (tries > this.#maxTries) throw new BrokerUnavailableError('Cannot resume: the hub is behind its client')
      await this.#pause(tries)
    }
  }

  #pause(tries: number): Promise<void> {
    if (this.#cancelled) return Promise.resolve()
    const longest = Math.min(longestDelay, firstDelay * 2 ** (tries - 1))
    const delay = longest * (0.5 + 0.5 * this.#environment.random())
    return new Promise((resolve) => {
      const timer = this.#environment.setTimer(resolve, delay)
      this.#cutPause = () => {
        this.#environment.clearTimer(timer)
        resolve()
      }
    })
  }
}
