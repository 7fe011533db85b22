import { type Clock, Timer } from '../../clock.ts'
import { parsePositionId } from '../../wire/position.ts'
import { oddLook, shortestProbe, wellFor } from '../constants.ts'
import type { Positions } from '../delivery/positions.ts'
import type { Dialer } from './dialer.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import { type Finding, Probe } from './probe.ts'
import type { Redundancy } from './redundancy.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What probing needs of who holds the connections. */
export interface ProbingHost {
  readonly streams: Streams
  readonly endpoints: EndpointPool
  readonly positions: Positions
  /** Whether the request must not be made a second time. */
  readonly isOnce: boolean
}

/**
 * Settles by evidence what an odd silence means, long before the heartbeat's rules would.
 *
 * A stream that lacks for 300 ms what another one brought, or what a standby's server has, is dead. Where no other stream is
 * heard, an endpoint is asked where its log is: ahead of what was accepted, the stream is dead; not ahead, its publisher
 * pauses; nobody answers, it is doubtful.
 */
export class Probing {
  readonly #host: ProbingHost
  readonly #dialer: Dialer
  readonly #redundancy: Redundancy
  readonly #clock: Clock
  readonly #timer: Timer
  #probe: Probe | undefined
  /** Endpoints that were asked about this silence. */
  readonly #asked = new Set<EndpointState>()
  /** What was accepted 300 ms ago. */
  #version = 0
  #isSettled = false
  #well: { endpoint: EndpointState; at: number } | undefined

  constructor(host: ProbingHost, dialer: Dialer, redundancy: Redundancy, clock: Clock) {
    this.#host = host
    this.#dialer = dialer
    this.#redundancy = redundancy
    this.#clock = clock
    this.#timer = new Timer(clock, () => this.#lookAgain())
  }

  /** An endpoint that answered a moment ago. */
  get well(): EndpointState | undefined {
    return this.#well && this.#clock.now() - this.#well.at < wellFor ? this.#well.endpoint : undefined
  }

  /** Look at the streams that are odd, if any are. */
  look(): void {
    const { streams, positions, isOnce } = this.#host
    if (!this.#redundancy.isCovered) this.#doubt(({ isStandby }) => !isStandby)
    if (streams.odd.length === 0 || isOnce || !positions.areComparable) return this.stop()
    if (!this.#timer.isSet) {
      this.#version = positions.version
      this.#timer.set(oddLook)
    }
    // The additional connection that was to be opened soon tells as much.
    if (this.#probe || this.#isSettled || streams.haveWitness || this.#redundancy.openNow()) return
    this.#ask()
  }

  stop(): void {
    this.#timer.clear()
    this.#probe?.stop()
    this.#probe = undefined
    this.#asked.clear()
    this.#isSettled = false
  }

  #lookAgain(): void {
    this.#doubt(({ seen }) => seen < this.#version)
    this.look()
  }

  // Another endpoint first; that of the silent stream may be well, and only the connection to it dead.
  #ask(): void {
    const { streams, endpoints } = this.#host
    const silent = new Set<EndpointState>(streams.odd.map(({ endpoint }) => endpoint))
    const endpoint = endpoints.pick((each) => endpoints.mayBeAsked(each) && !this.#asked.has(each), silent)
    if (!endpoint) return this.#nobodyKnows()
    if (!endpoints.probes?.spend()) return
    this.#asked.add(endpoint)
    const patience = Math.max(shortestProbe, 3 * endpoints.expectedHead(endpoint))
    const onFinding = (finding: Finding): void => this.#found(endpoint, finding)
    this.#probe = new Probe(endpoint, patience, this.#dialer, this.#clock, onFinding)
  }

  #found(endpoint: EndpointState, finding: Finding): void {
    const { endpoints, positions } = this.#host
    this.#probe = undefined
    if (finding === 'silent') {
      endpoints.failed(endpoint)
      // It showed as much: only pauses of a publisher must not cost its servers a probe each time.
      endpoints.probes?.refund()
    }
    if (finding === 'mute') this.#isSettled = true
    if (typeof finding === 'string') return this.#ask()
    const isBehind = !positions.covers(parsePositionId(finding.at)?.positions ?? [])
    if (!isBehind) return this.#excuse()
    endpoints.probes?.refund()
    this.#well = { endpoint, at: this.#clock.now() }
    this.#doubt(() => true)
  }

  // Where one of them answered, though not to this, there is nothing to be afraid of.
  #nobodyKnows(): void {
    const mayAsk = this.#asked.size > 0 && !this.#isSettled
    this.#isSettled = true
    if (mayAsk) this.#doubt(() => true)
  }

  #doubt(isDoubtful: (stream: Stream) => boolean): void {
    for (const stream of this.#host.streams.odd) if (isDoubtful(stream)) stream.attempt.doubt()
  }

  // But for those that lack by now what another stream brought.
  #excuse(): void {
    const { streams, positions } = this.#host
    for (const { attempt, seen } of streams.odd) if (seen >= positions.version) attempt.excuse()
  }
}
