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
  /** @param known - an endpoint to begin with, where there is no delay  @param delay - before the first attempt */
  start(known?: EndpointState, delay?: number): void
  /** There is no stream to rely on. @param lost - the one that has just been lost */
  need(lost?: Link): void
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

  function step(endpoint = choose(connection, tried)): void {
    waiting = false
    timer()
    if (!endpoint) return
    const barred = endpoint.barred - clock.now()
    if (barred > 0) return wait(barred)
    tried.add(endpoint)
    if (!connection.primary) say(connection, 'connecting', endpoint.url)
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
    start(known, delay = 0) {
      if (running) return
      running = true
      if (delay > 0) wait(delay)
      else step(known)
    },
    need(lost) {
      const link = lost ?? connection.primary
      const extra = extraOf(connection)
      // Standbys of clients that lost one server are at different ones already, known to be well.
      const warm = extra?.standby && extra.healthy ? extra.endpoint : undefined
      let delay = warm ? 0 : clock.random() * firstJitter
      if (running) return
      if (lost) tried.add(lost.endpoint)
      if (link?.leaving && !lost) delay = 0
      else if (!link?.young) exponent = 0
      else {
        // The first attempt is free only if the stream stood for a good while.
        if (link.useful) exponent = Math.min(exponent, 1)
        if (!connection.endpoints.spend()) delay = backoff()
      }
      race.start(warm, delay)
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

const attemptsOf = ({ links }: Connection): Link[] => [...links].filter(({ purpose, open }) => purpose === 'race' && !open)

function choose(connection: Connection, tried: ReadonlySet<EndpointState>): EndpointState | undefined {
  const { links, endpoints } = connection
  // Not where an attempt runs, or a stream that is to be replaced.
  const taken = new Set([...links].filter(({ standby, healthy }) => !standby && !healthy).map(({ endpoint }) => endpoint))
  return endpoints.pick((endpoint) => !taken.has(endpoint), tried) ?? (attemptsOf(connection)[0] ? undefined : endpoints.pick(() => true))
}
