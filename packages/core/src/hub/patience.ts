import type { Environment } from '../environment.ts'
import { HoldfastError } from '../errors.ts'

/** The broker did not answer, or a hub did not catch up, in the time that a subscriber is willing to wait. */
export class BrokerUnavailableError extends HoldfastError {
  readonly code = 'broker-unavailable'
}

const firstDelay = 100
const longestDelay = 5_000
const maxTries = 8

/** Tries again, with growing jittered delays and not for ever; can be cut at any time. */
export class Patience {
  readonly #environment: Environment
  #ended = false
  #cut: (() => void) | undefined

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** End every wait now. */
  end(): void {
    this.#ended = true
    this.#cut?.()
  }

  /** Call until it succeeds. @throws {BrokerUnavailableError} with the last failure as its cause */
  async insist<T>(action: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await action()
      } catch (cause) {
        if (tries === maxTries || this.#ended) {
          throw new BrokerUnavailableError(`Cannot read from the broker: it failed ${tries} times`, { cause })
        }
      }
      await this.#pause(tries)
    }
  }

  /** Look until it is so. @throws {BrokerUnavailableError} */
  async until(condition: () => boolean): Promise<void> {
    for (let tries = 1; !condition(); tries++) {
      if (tries > maxTries || this.#ended) throw new BrokerUnavailableError('Cannot resume: the hub is behind its client')
      await this.#pause(tries)
    }
  }

  #pause(tries: number): Promise<void> {
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
