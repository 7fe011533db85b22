import type { Hint } from '../wire/hints.ts'
import type { EndpointState } from './endpoint.ts'
import type { EndpointList } from './endpoints.ts'
import type { Link } from './link.ts'
import type { MoveReason } from './status.ts'
import type { Clock } from './timer.ts'

const pauseBetween = 30_000
const calmTarget = 10_000
const calmPreferred = 60_000
const cheaperBy = 1.5
const late = 1_000

/** How long both streams run before the old one closes. */
export const overlap = 5_000

/** Whether this rule gave the reason. */
export function isVoluntary(reason: MoveReason | undefined): boolean {
  return reason === 'shed' || reason === 'preferred' || reason === 'slow'
}

/** What the rule asks of its connection. */
export interface MoverOwner {
  readonly endpoints: EndpointList
  /** Where there is a connection already, which would have to go. */
  readonly extraEndpoint: EndpointState | undefined
  /** Open a stream there, and leave the one that delivers when it is open. */
  move(to: EndpointState, reason: MoveReason): void
}

/**
 * The one rule for moving although the stream works: at most once in 30 s, only to an endpoint without a failure in the last
 * 10 s. Three things suggest it: the server sheds load, a much cheaper endpoint is well again, the stream is slow.
 */
export class Mover {
  readonly #owner: MoverOwner
  readonly #clock: Clock
  #movedAt = -Infinity
  #lateHints = 0

  constructor(owner: MoverOwner, clock: Clock) {
    this.#owner = owner
    this.#clock = clock
  }

  /** Look at a hint of the stream that delivers. */
  consider(link: Link, { shed, heartbeat, t }: Hint): void {
    const clock = this.#clock
    if (shed !== undefined && clock.random() < shed) this.#move(link, 'shed')
    if (t !== undefined && this.#isSlow(link, t)) this.#move(link, 'slow')
    if (heartbeat && clock.random() < heartbeat / calmPreferred) {
      const enough = link.endpoint.cost / cheaperBy
      this.#move(link, 'preferred', ({ cost, failedAt }) => cost <= enough && clock.now() - failedAt >= calmPreferred)
    }
  }

  // The difference of the clocks is not known, but how much it grew is. Our own slowness would look the same.
  #isSlow({ endpoint, heldBack }: Link, t: number): boolean {
    const difference = this.#clock.wallTime() - t
    endpoint.lateness = Math.min(endpoint.lateness, difference)
    const by = heldBack ? 0 : difference - endpoint.lateness
    this.#lateHints = by > late ? this.#lateHints + 1 : 0
    return this.#lateHints > 1 || by > 2 * late
  }

  #move({ endpoint }: Link, reason: MoveReason, suits: (endpoint: EndpointState) => boolean = () => true): void {
    const now = this.#clock.now()
    if (now - this.#movedAt < pauseBetween) return
    const { endpoints, extraEndpoint } = this.#owner
    const may = (other: EndpointState): boolean => other !== endpoint && now - other.failedAt >= calmTarget && suits(other)
    const target = endpoints.draw((other) => other !== extraEndpoint && may(other)) ?? endpoints.draw(may)
    if (!target) return
    this.#movedAt = now
    this.#lateHints = 0
    // It may have become slow for good: then that is how late it is.
    if (reason === 'slow') endpoint.lateness = Infinity
    this.#owner.move(target, reason)
  }
}
