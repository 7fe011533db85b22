import { createTimer } from './clock.ts'
import { type Connection, say } from './connection.ts'
import { firstBackoff, firstJitter, longestBackoff, raceWidth, shortestBackoff, stagger } from './constants.ts'
import { type EndpointState, headOf } from './endpoints.ts'
import { extraOf } from './failover.ts'
import { dial, type Link } from './link.ts'

/** Gets one stream: at most two attempts at a time, one sweep over the endpoints, then one attempt per step of the back-off. */
export interface Race {
  /** The base of the back-off. */
  base: number
  /** Endpoints that said there are too many requests. After a second one, all attempts take the steps of the back-off. */
  readonly busy: Set<EndpointState>
  /** There is no stream to rely on. @param lost - the one that has just been lost  @param known - an endpoint that is well */
  need(lost?: Link, known?: EndpointState): void
  /** Stop waiting. */
  hurry(): void
  /** An attempt came to nothing. */
  more(): void
  /** It is won, or not needed any more. */
  stop(): void
}

export function createRace(connection: Connection): Race {
  const { clock } = connection
  const tried = new Set<EndpointState>()
  const timer = createTimer(clock, () => (waiting ? step() : more()))
  let exponent = 0
  let running = false
  // For the next step of the back-off, rather than for an attempt to have its time alone.
  let waiting = false

  function step(known?: EndpointState): void {
    // A server may be well, and have no room for one more stream.
    const endpoint = known && known.barred <= clock.now() ? known : choose(connection, tried)
    waiting = false
    timer()
    if (!endpoint) return
    const barred = endpoint.barred - clock.now()
    if (barred > 0) return wait(barred)
    tried.add(endpoint)
    if (!connection.primary) say(connection, 'connecting', endpoint.url)
    if (connection.closed) return
    dial(connection, endpoint, 'race')
    timer(Math.max(stagger, 1.5 * Math.min(...connection.endpoints.all.map(headOf))))
  }

  // One attempt more, in parallel or after a failure.
  function more(): void {
    if (!running || connection.once || waiting || attemptsOf(connection).length >= raceWidth) return
    if (race.busy.size < 2 && connection.endpoints.spend()) return step()
    tried.clear()
    wait(backoff())
  }

  function wait(delay: number): void {
    waiting = true
    timer(delay)
    if (!attemptsOf(connection)[0] && !connection.primary) say(connection, 'waiting', undefined, { delay })
  }

  function backoff(): number {
    const base = Math.max(race.base, shortestBackoff)
    return clock.random() * Math.min(Math.max(longestBackoff, base), base * 2 ** exponent++)
  }

  const race: Race = {
    base: connection.options.retry ?? firstBackoff,
    busy: new Set(),
    need(lost, known) {
      const link = lost ?? connection.primary
      const extra = extraOf(connection)
      // Standbys of clients that lost one server are at different ones already, known to be well.
      const warm = known ?? (extra?.standby && extra.healthy ? extra.endpoint : undefined)
      let delay = warm ? 0 : clock.random() * firstJitter
      if (running) return
      running = true
      if (lost) tried.add(lost.endpoint)
      if (!link?.young) exponent = 0
      else {
        // The first attempt is free only if the stream stood for a good while.
        if (link.useful) exponent = Math.min(exponent, 1)
        if (!connection.endpoints.spend()) delay = backoff()
      }
      if (delay) wait(delay)
      else step(warm)
    },
    hurry() {
      exponent = 0
      race.busy.clear()
      for (const endpoint of connection.endpoints.all) endpoint.avoid = endpoint.barred = 0
      if (waiting) step()
    },
    more,
    stop() {
      running = waiting = false
      timer()
      tried.clear()
      race.busy.clear()
      for (const link of attemptsOf(connection)) link.close()
    },
  }
  return race
}

const attemptsOf = ({ links }: Connection): Link[] =>
  [...links].filter(({ purpose, open }) => purpose === 'race' && !open)

function choose(connection: Connection, tried: ReadonlySet<EndpointState>): EndpointState | undefined {
  const { links, endpoints, clock } = connection
  // Where an attempt runs, or a stream that is to be replaced.
  const isTaken = (endpoint: EndpointState): boolean =>
    [...links].some((link) => link.endpoint === endpoint && !link.standby && !link.healthy)
  // Waiting for one that must not be asked is for when there is nothing else at all.
  return (
    endpoints.pick((endpoint) => endpoint.barred <= clock.now() && !isTaken(endpoint), tried) ??
    (attemptsOf(connection)[0] ? undefined : endpoints.pick(() => true))
  )
}
