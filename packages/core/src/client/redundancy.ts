import { parsePositionId } from '../wire/position.ts'
import type { Hint } from '../wire/hints.ts'
import { covers } from './accepted.ts'
import { createTimer } from './clock.ts'
import type { Connection } from './connection.ts'
import { calm, muchTooBusy, patience, tooBusy } from './constants.ts'
import type { EndpointState } from './endpoints.ts'
import { extraOf, leave } from './failover.ts'
import { dial, type Link, type Purpose } from './link.ts'
import type { RedundancyLevel } from './types.ts'

/** Holds one connection more than needed when there is reason to: a standby (level 1) or a second full stream (level 2). */
export interface Redundancy {
  /** Hold so many, as far as that is allowed. */
  set(level: number): void
  /** Something was lost or is suspect. */
  more(): void
  /** A server may ask for standbys, or for less load; a standby says where its server's log is. */
  hinted(hint: Hint, link: Link): void
  /** Whether what a standby's server had is here, too. */
  covered(at?: string): boolean
  /** Bring about what the level asks for. */
  update(): void
  stop(): void
}

const levels = ['none', 'standby', 'full'] as const

const indexOf = (word: unknown): number => levels.indexOf(word as RedundancyLevel)

export function createRedundancy(connection: Connection): Redundancy {
  const { clock } = connection
  const { redundancy: word = 'auto' } = connection.options
  const { min: from = word, max: to = word } = word as { min?: RedundancyLevel; max?: RedundancyLevel }
  // How many connections to hold besides the one that delivers. `auto` is from none to a standby.
  const min = Math.max(indexOf(from), 0)
  const max = to === 'auto' ? 1 : indexOf(to)
  if (max < min) throw new TypeError('Cannot connect: unknown redundancy')
  let level = min
  let setAt = 0
  let newest = ''
  const opening = createTimer(clock, open)
  const behind = createTimer(clock, () => {
    if (!isCovered()) leave(connection, connection.primary, 'behind')
  })

  const isCovered = (at = newest): boolean => covers(connection, parsePositionId(at)?.positions)
  // A browser has 6 connections to a host, over HTTP/1.1, and one host tends to fail as one.
  const isElsewhere = (endpoint: EndpointState): boolean => endpoint.host !== connection.primary?.endpoint.host
  const isWanted = (): boolean =>
    level > 0 &&
    !connection.once &&
    !!connection.primary?.healthy &&
    connection.accepted.size > 0 &&
    connection.endpoints.all.some(isElsewhere)

  function open(): void {
    const endpoint = connection.endpoints.pick(
      (other) => isElsewhere(other) && other.load < tooBusy && other.avoid <= clock.now(),
    )
    if (endpoint) dial(connection, endpoint, levels[level] as Purpose)
    redundancy.update()
  }

  const redundancy: Redundancy = {
    set(wanted) {
      level = Math.max(min, Math.min(wanted, max))
      setAt = clock.now()
      redundancy.update()
    },
    more: () => redundancy.set(level + 1),
    hinted({ standby, load = 0, at }, link) {
      if (level > (standby ? 1 : min) && clock.now() - setAt > calm) redundancy.set(level - 1)
      if ((standby && level < 1) || (load > muchTooBusy && level > 1)) redundancy.set(1)
      // The queue is full for a reason that is not the server's.
      if (!at || !link.standby || behind.due || connection.queue.full || isCovered(at)) return
      newest = at
      behind(patience)
    },
    covered: isCovered,
    update() {
      const extra = extraOf(connection)
      if (extra && (extra.purpose !== levels[level] || !isElsewhere(extra.endpoint))) extra.close()
      if (extraOf(connection) || !isWanted()) return opening()
      // Spread: all who lost one server would ask for their extra at the same moment.
      if (!opening.due) opening(1_000 + 5_000 * clock.random())
    },
    stop() {
      opening()
      behind()
    },
  }
  return redundancy
}
