import type { Clock } from './clock.ts'
import { breakStep, failureHalfLife, longestBreak, longestRetryAfter, refill } from './constants.ts'
import type { Endpoint, Endpoints } from './types.ts'

/** What is known of one URL. Its identity is the URL as it was given, whatever it redirects to. */
export interface EndpointState {
  readonly url: string
  readonly host: string
  readonly priority: number
  /** A typical time to the head of an answer, sensitive to peaks. */
  head?: number
  /** As its server says. */
  load: number
  /** The smallest difference seen between this clock and the server's: the baseline of how late a stream is. */
  late: number
  /** Failures, those of long ago counting less. */
  failures: number
  /** When it failed last, or -Infinity. */
  failedAt: number
  /** Failures since it kept a stream for a good while. */
  inARow: number
  /** Until when it had better not be asked. */
  avoid: number
  /** Until when it must not be asked. */
  barred: number
  /** Until when it has no stream for us. */
  refused: number
}

/** The endpoints of a connection, and which of them to ask next. */
export interface EndpointList {
  all: EndpointState[]
  /** What connecting there costs, in milliseconds. */
  cost(endpoint: EndpointState): number
  /**
   * Draw one that `suits`, cheap ones more often: weights are cost⁻². The cheapest alone would get everybody (329
   * attempts/s on one endpoint against 203). Those in `tried` come after the others, then those to avoid, the soonest first.
   */
  pick(
    suits: (endpoint: EndpointState) => boolean,
    tried?: ReadonlySet<EndpointState | undefined>,
  ): EndpointState | undefined
  /** A stream came after so many milliseconds. */
  answered(endpoint: EndpointState, took: number): void
  failed(endpoint: EndpointState): void
  /** It must not be asked again for a while, as it said itself. Spread, so that not all who were told so come at once. */
  bar(endpoint: EndpointState, milliseconds: number): void
  /** Take one extra attempt out of the budget. An outage then sees 3.8 k attempts/s instead of 6.5 k. */
  spend(): boolean
}

/** What is expected where nothing is known. */
export const headOf = (endpoint: EndpointState): number => endpoint.head ?? 300

/** @throws {TypeError} there is none, or one is not a URL */
export function createEndpoints(endpoints: Endpoints, clock: Clock): EndpointList {
  const base = (globalThis as { location?: { href: string } }).location?.href
  const all = [endpoints].flat().map((given): EndpointState => {
    const { url = given, priority = 0 } = given as Partial<Endpoint>
    const { href, host } = new URL(url as string, base)
    return {
      url: href,
      host,
      priority,
      load: 0,
      late: Infinity,
      failures: 0,
      failedAt: -Infinity,
      inARow: 0,
      avoid: 0,
      barred: 0,
      refused: 0,
    }
  })
  if (!all[0]) throw new TypeError('Cannot connect: no endpoint')
  const key = all
    .map(({ url }) => url)
    .sort()
    .join()
  const budgets = (clock.budgets ??= new Map())
  const failuresOf = (endpoint: EndpointState): number =>
    endpoint.failures * 2 ** ((endpoint.failedAt - clock.now()) / failureHalfLife)

  const list: EndpointList = {
    all,
    cost(endpoint) {
      // So that the load costs 5 s at most.
      const load = Math.min(endpoint.load, 50 / 51)
      return 50 + headOf(endpoint) + 1_000 * failuresOf(endpoint) + (100 * load) / (1 - load) + endpoint.priority
    },
    pick(suits, tried) {
      const now = clock.now()
      // The least of exponential variates is a weighted draw. The powers of ten only put one thing before the other.
      let least = Infinity
      let best: EndpointState | undefined
      for (const endpoint of list.all.filter(suits)) {
        const rank =
          1e19 * Math.max(endpoint.avoid - now, 0) +
          (tried?.has(endpoint) ? 1e17 : 0) -
          Math.log(clock.random()) * list.cost(endpoint) ** 2
        if (rank <= least) {
          least = rank
          best = endpoint
        }
      }
      return best
    },
    answered(endpoint, took) {
      const { head = took } = endpoint
      endpoint.head = head + (took - head) * (took > head ? 0.5 : 0.2)
      endpoint.refused = 0
    },
    failed(endpoint) {
      endpoint.failures = 1 + failuresOf(endpoint)
      endpoint.failedAt = clock.now()
      if (++endpoint.inARow > 2) {
        endpoint.avoid = Math.max(
          endpoint.avoid,
          endpoint.failedAt + (0.5 + clock.random() / 2) * Math.min(longestBreak, breakStep * 2 ** endpoint.inARow),
        )
      }
    },
    bar(endpoint, milliseconds) {
      endpoint.avoid = endpoint.barred =
        clock.now() + Math.min(milliseconds * (1 + clock.random() / 4), longestRetryAfter)
    },
    // All connections of a process to one set of endpoints share a budget, kept as the time at which it was empty last.
    spend() {
      const now = clock.now()
      const at = refill + Math.max(budgets.get(key) ?? -Infinity, now - (all.length - 1) * refill)
      if (budgets.size > 999) budgets.clear()
      // But for the rounding of the sums.
      if (at > now + 1) return false
      budgets.set(key, at)
      return true
    },
  }
  return list
}
