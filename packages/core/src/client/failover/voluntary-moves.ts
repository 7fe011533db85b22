import type { Clock } from '../../clock.ts'
import type { Hint } from '../../wire/hints.ts'
import { calmPreferred, calmTarget, cheaperBy, late, pauseBetweenMoves, veryLate } from '../constants.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Purpose } from './stream.ts'

/** A move that is worth making although the stream works. */
export interface Move {
  readonly to: EndpointState
  readonly purpose: Purpose
}

/** What a move must fulfil. */
interface Wish {
  purpose: Purpose
  /** What the other endpoint may cost. */
  most: number
  /** How long it must have been without a failure. */
  calmFor: number
}

/**
 * The one rule for moving although the stream works: at most once in 30 s, only to an endpoint without a failure in the
 * last 10 s. Three things suggest it: the server sheds load, the stream is slow, a much cheaper endpoint is well again.
 */
export class VoluntaryMoves {
  readonly #endpoints: EndpointPool
  readonly #clock: Clock
  #movedAt = -Infinity
  #lateHints = 0

  constructor(endpoints: EndpointPool, clock: Clock) {
    this.#endpoints = endpoints
    this.#clock = clock
  }

  /**
   * Look at a hint of the stream that delivers.
   *
   * @param extra - where there is a connection already, which would have to go: only if there is nothing else
   */
  suggest(from: EndpointState, hint: Hint, extra: EndpointState | undefined): Move | undefined {
    const wish = this.#wish(from, hint)
    const now = this.#clock.now()
    if (!wish || now - this.#movedAt < pauseBetweenMoves) return undefined
    const suits = (other: EndpointState): boolean =>
      other !== from &&
      other.avoidUntil <= now &&
      now - other.failedAt >= wish.calmFor &&
      this.#endpoints.cost(other) <= wish.most
    const to = this.#endpoints.pick(suits, new Set([extra]))
    if (!to) return undefined
    this.#movedAt = now
    this.#lateHints = 0
    // It may have become slow for good: then that is how late it is.
    if (wish.purpose === 'slow') from.lateness = Infinity
    return { to, purpose: wish.purpose }
  }

  #wish(from: EndpointState, { shed = 0, heartbeat = 0, t }: Hint): Wish | undefined {
    const isSlow = t !== undefined && this.#isSlow(from, t)
    if (this.#clock.random() < shed) return { purpose: 'shed', most: Infinity, calmFor: calmTarget }
    if (isSlow) return { purpose: 'slow', most: Infinity, calmFor: calmTarget }
    if (this.#clock.random() >= heartbeat / calmPreferred) return undefined
    return { purpose: 'preferred', most: this.#endpoints.cost(from) / cheaperBy, calmFor: calmPreferred }
  }

  // The difference of the clocks is not known, but how much it grew is.
  #isSlow(endpoint: EndpointState, serverTime: number): boolean {
    const difference = this.#clock.wallTime() - serverTime
    endpoint.lateness = Math.min(endpoint.lateness, difference)
    const by = difference - endpoint.lateness
    this.#lateHints = by > late ? this.#lateHints + 1 : 0
    return this.#lateHints > 1 || by > veryLate
  }
}
