import type { Hint } from '../wire/hints.ts'
import type { Connection } from './connection.ts'
import { calmPreferred, calmTarget, cheaperBy, late, pauseBetweenMoves, veryLate } from './constants.ts'
import { extraOf } from './failover.ts'
import { dial, type Link, type Purpose } from './link.ts'

/**
 * The one rule for moving although the stream works: at most once in 30 s, only to an endpoint without a failure in the last
 * 10 s. Three things suggest it: the server sheds load, the stream is slow, a much cheaper endpoint is well again.
 *
 * @returns what looks at a hint of the stream that delivers
 */
export function createMover(connection: Connection): (link: Link, hint: Hint) => void {
  let movedAt = -Infinity
  let lateHints = 0

  function move({ endpoint, healthy }: Link, purpose: Purpose, most = Infinity, calmFor = calmTarget): void {
    const now = connection.clock.now()
    if (now - movedAt < pauseBetweenMoves || !healthy || connection.once) return
    const target = connection.endpoints.pick(
      (other) =>
        other !== endpoint &&
        other.avoid <= now &&
        now - other.failedAt >= calmFor &&
        connection.endpoints.cost(other) <= most,
      // Where there is a connection already, that one would have to go.
      new Set([extraOf(connection)?.endpoint]),
    )
    if (!target) return
    movedAt = now
    lateHints = 0
    // It may have become slow for good: then that is how late it is.
    if (purpose === 'slow') endpoint.late = Infinity
    dial(connection, target, purpose)
  }

  return (link, { shed = 0, heartbeat = 0, t }) => {
    const { endpoint } = link
    if (connection.clock.random() < shed) move(link, 'shed')
    if (t) {
      // The difference of the clocks is not known, but how much it grew is.
      const difference = connection.clock.wallTime() - t
      endpoint.late = Math.min(endpoint.late, difference)
      const by = difference - endpoint.late
      lateHints = by > late ? lateHints + 1 : 0
      if (lateHints > 1 || by > veryLate) move(link, 'slow')
    }
    if (connection.clock.random() < heartbeat / calmPreferred)
      move(link, 'preferred', connection.endpoints.cost(endpoint) / cheaperBy, calmPreferred)
  }
}
