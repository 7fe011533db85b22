import type { Clock } from '../../clock.ts'
import {
  breakStep,
  failureHalfLife,
  headTimeout,
  longestBreak,
  longestRetryAfter,
  maxGone,
  maxProbes,
  oddFor,
  probeRefill,
  recently,
  refill,
  shortestHang,
  staleFor,
  staleTimes,
} from '../constants.ts'
import { endpointList } from '../endpoint-list.ts'
import { checkEndpoints } from '../endpoint-rules.ts'
import type { EndpointReport, Endpoints } from '../types.ts'
import { Budget } from './budget.ts'
import { EndpointState } from './endpoint-state.ts'

export type { EndpointState } from './endpoint-state.ts'

/** What is expected where nothing is known. */
const unknownHead = 300
/** What is believed of the first answer. */
const longestFirst = 2_000

/** The endpoints of a connection, and which of them to ask next. */
export class EndpointPool {
  readonly #clock: Clock
  #all: readonly EndpointState[] = []
  /** URLs that will never be asked again. */
  readonly #gone = new Set<string>()
  #usefulAt = -Infinity
  /** Of extra attempts. Undefined where there are no endpoints yet. */
  attempts: Budget | undefined
  /** Of probes. Only those that find nothing count. */
  probes: Budget | undefined

  /**
   * @param endpoints - undefined where they are still to be told
   * @throws {InvalidOptionError} there is none, or one is not a URL
   */
  constructor(endpoints: Endpoints | undefined, clock: Clock) {
    this.#clock = clock
    if (endpoints !== undefined) this.use(endpoints)
  }

  get all(): readonly EndpointState[] {
    return this.#all
  }

  /**
   * From now on it is these. What is known of one that was there before stays known.
   *
   * @throws {InvalidOptionError} there is none, or one is not a URL
   */
  use(endpoints: Endpoints): void {
    checkEndpoints(endpoints)
    const given = endpointList(endpoints).map(({ url, priority }) => new EndpointState(url.href, url.host, priority))
    const known = new Map(this.#all.map((each) => [each.url, each]))
    this.#all = given.map((each) => known.get(each.url) ?? each).filter(({ url }) => !this.#gone.has(url))
    for (const { url, priority } of given) {
      const state = known.get(url)
      if (state) state.priority = priority
    }
    const urls = given.map(({ url }) => url)
    // As many extra attempts as there are endpoints beside the first: an outage sees 3.8 k attempts/s instead of 6.5 k.
    this.attempts = new Budget('attempt', urls, { most: urls.length - 1, refill }, this.#clock)
    this.probes = new Budget('probe', urls, { most: maxProbes, refill: probeRefill }, this.#clock)
  }

  report(): EndpointReport[] {
    const now = this.#clock.now()
    return this.#all.map(({ url, head, load, avoidUntil }) => ({
      url,
      head,
      load,
      avoidedFor: Math.max(avoidUntil - now, 0),
    }))
  }

  /** It will never be asked again. */
  remove(endpoint: EndpointState): void {
    if (this.#gone.size >= maxGone) this.#gone.clear()
    this.#gone.add(endpoint.url)
    this.#all = this.#all.filter((other) => other !== endpoint)
  }

  /** What connecting there costs, in milliseconds. */
  cost(endpoint: EndpointState): number {
    // So that the load costs 5 s at most.
    const load = Math.min(endpoint.load, 50 / 51)
    const { head = unknownHead, priority } = endpoint
    return 50 + head + 1_000 * this.#failuresOf(endpoint) + (100 * load) / (1 - load) + priority
  }

  /** The time to a head that can be hoped for. */
  get bestHead(): number {
    return Math.min(...this.#all.map(({ usualHead = unknownHead }) => usualHead))
  }

  /** How long a head can be expected to take: where one endpoint is far away, all may be. */
  expectedHead({ usualHead }: EndpointState): number {
    return usualHead ?? Math.max(unknownHead, ...this.#all.map((each) => each.usualHead ?? 0))
  }

  /** How long a head, and then the first byte, are waited for where others may be asked: each time that none came, twice as long. */
  patience(endpoint: EndpointState): number {
    const isKnown = this.#all.length > 1 && endpoint.hasWorked && !endpoint.isMuted
    if (!isKnown) return headTimeout
    return Math.min(headTimeout, Math.max(shortestHang, 3 * this.expectedHead(endpoint)) * 2 ** endpoint.hangs)
  }

  mayBeAsked({ barredUntil }: EndpointState): boolean {
    return barredUntil <= this.#clock.now()
  }

  /**
   * Draw one that `suits`, cheap ones more often: weights are cost⁻². The cheapest alone would get everybody (329
   * attempts/s on one endpoint against 203). Those in `tried` come after the others, in its
   * order, then those to avoid, the soonest first.
   *
   * @param insists - rather one to avoid than one that was tried
   */
  pick(
    suits: (endpoint: EndpointState) => boolean,
    tried?: ReadonlySet<EndpointState | undefined>,
    insists = false,
  ): EndpointState | undefined {
    const now = this.#clock.now()
    const turns = [...(tried ?? [])]
    const candidates = this.#all.filter(suits).map((endpoint) => ({
      endpoint,
      avoided: Math.max(endpoint.avoidUntil - now, 0),
      tried: turns.indexOf(endpoint),
      // The least of exponential variates is a weighted draw.
      draw: -Math.log(this.#clock.random()) * this.cost(endpoint) ** 2,
    }))
    const order = (a: (typeof candidates)[0], b: typeof a): number =>
      insists ? a.tried - b.tried || a.avoided - b.avoided : a.avoided - b.avoided || a.tried - b.tried
    candidates.sort((a, b) => order(a, b) || a.draw - b.draw)
    return candidates[0]?.endpoint
  }

  /** A stream came, and its head took so many milliseconds, where that says something. */
  answered(endpoint: EndpointState, took: number | undefined): void {
    if (took !== undefined) this.#learnHead(endpoint, took)
    endpoint.refusedUntil = 0
    endpoint.hasWorked = true
    endpoint.hangs = 0
    endpoint.oddSince = undefined
  }

  /** A stream from one of them was bringing events until now. */
  wereUseful(): void {
    this.#usefulAt = this.#clock.now()
  }

  /** Whether that was a short while ago: then it is no outage yet, and none of them is given more time. */
  get areUsefulLately(): boolean {
    return this.#clock.now() - this.#usefulAt < recently
  }

  /** Nothing came of an attempt in time. */
  hung(endpoint: EndpointState): void {
    if (!this.areUsefulLately) endpoint.hangs++
  }

  failed(endpoint: EndpointState): void {
    endpoint.failures = 1 + this.#failuresOf(endpoint)
    endpoint.failedAt = this.#clock.now()
    endpoint.failuresInARow++
    if (endpoint.failuresInARow < 3) return
    const pause = Math.min(longestBreak, breakStep * 2 ** endpoint.failuresInARow)
    this.avoid(endpoint, (0.5 + this.#clock.random() / 2) * pause)
  }

  /** It had better not be asked for a while. */
  avoid(endpoint: EndpointState, milliseconds: number): void {
    endpoint.avoidUntil = Math.max(endpoint.avoidUntil, this.#clock.now() + milliseconds)
  }

  /** It must not be asked again for a while, as it said itself. Spread, so that not all who were told so come at once. */
  bar(endpoint: EndpointState, milliseconds: number): void {
    const spread = Math.min(milliseconds * (1 + this.#clock.random() / 4), longestRetryAfter)
    endpoint.barredUntil = Math.max(endpoint.barredUntil, this.#clock.now() + spread)
    endpoint.avoidUntil = Math.max(endpoint.avoidUntil, endpoint.barredUntil)
  }

  /** It says that it has no stream for us, and must not be asked again for a while. */
  refused(endpoint: EndpointState, milliseconds: number): void {
    this.bar(endpoint, milliseconds)
    endpoint.refusedUntil = endpoint.barredUntil
  }

  /** Whether none has a stream for us. */
  get areAllRefused(): boolean {
    return this.#all.every(({ refusedUntil }) => refusedUntil > this.#clock.now())
  }

  /** Forget what should be waited for. */
  forgive(): void {
    for (const endpoint of this.#all) endpoint.avoidUntil = endpoint.barredUntil = 0
  }

  /**
   * Whether an answer that is no stream counts as temporary: what once worked is not given up at the first odd answer,
   * which may be a deploy's.
   */
  isOdd(endpoint: EndpointState): boolean {
    if (!endpoint.hasWorked) return false
    endpoint.oddSince ??= this.#clock.now()
    return this.#clock.now() - endpoint.oddSince < oddFor
  }

  /** Its log is older than what was seen. */
  saidStale(endpoint: EndpointState): void {
    if (endpoint.staleCount++ === 0) endpoint.staleSince = this.#clock.now()
  }

  /** It brought something new, so it agrees with what was seen. */
  agreed(endpoint: EndpointState): void {
    endpoint.staleCount = 0
    endpoint.staleSince = Infinity
  }

  /**
   * Whether the older log is all that is still to be had: every endpoint that can be reached has said so three times
   * over 10 s. Then it is a new log, whatever its epoch, and nobody waits for a clock.
   */
  get hasOnlyOlderLog(): boolean {
    const since = this.#clock.now() - staleFor
    const isOlder = ({ staleCount, staleSince }: EndpointState): boolean =>
      staleCount >= staleTimes && staleSince <= since
    return this.#all.some(isOlder) && this.#all.every((each) => isOlder(each) || this.#isGone(each))
  }

  // A first head that took long may have been a fault's.
  #learnHead(endpoint: EndpointState, took: number): void {
    const { head = took, usualHead = Math.min(took, longestFirst) } = endpoint
    endpoint.usualHead = usualHead + (took - usualHead) * (took > usualHead ? 0.1 : 0.5)
    endpoint.head = head + (took - head) * (took > head ? 0.5 : 0.2)
  }

  #isGone({ failuresInARow, staleCount }: EndpointState): boolean {
    return staleCount === 0 && failuresInARow >= staleTimes
  }

  #failuresOf({ failures, failedAt }: EndpointState): number {
    return failures * 2 ** ((failedAt - this.#clock.now()) / failureHalfLife)
  }
}
