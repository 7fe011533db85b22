import { type Clock, Timer } from '../../clock.ts'
import { pollAgainAfter, unmuteAfter } from '../constants.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Purpose, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What muting needs of who holds the connections. */
export interface MutingHost {
  readonly streams: Streams
  readonly endpoints: EndpointPool
  readonly isOnce: boolean
  dial(endpoint: EndpointState, purpose: Purpose): void
}

/**
 * Gets through proxies that collect a stream instead of passing it on.
 *
 * Where an answer, or its first byte, does not come in time, the endpoint is polled beside it. Whichever brings a byte first
 * stays, so a server that is merely slow or quiet is not taken for a muted one. While a poller delivers, a stream is tried
 * again beside it every minute, and the poller goes when the first byte of that arrives.
 */
export class Muting {
  readonly #host: MutingHost
  readonly #clock: Clock
  readonly #again: Timer

  constructor(host: MutingHost, clock: Clock) {
    this.#host = host
    this.#clock = clock
    this.#again = new Timer(clock, () => this.#tryStream())
  }

  /** Nothing came of a request for a stream until now. */
  onMute({ endpoint }: Stream): void {
    const { streams, isOnce } = this.#host
    const now = this.#clock.now()
    if (isOnce || streams.haveWitness || now - endpoint.polledAt < pollAgainAfter) return
    endpoint.polledAt = now
    this.#host.dial(endpoint, 'poll')
  }

  /**
   * The first byte of a stream came: what was to be found out by it is.
   *
   * @returns whether it was on trial, and counts from now on
   */
  proved(stream: Stream): boolean {
    const { endpoint, isPoll, isTrial } = stream
    const { streams } = this.#host
    if (isPoll && isTrial && this.#isLate(stream)) {
      stream.close()
      return false
    }
    endpoint.isMuted = isPoll
    if (!isTrial) return false
    if (!isPoll) streams.promote(stream)
    for (const other of streams) {
      if (other.isStandby || (isPoll ? other.attempt.isHeard : !other.isPoll)) continue
      // The streams that are muted are lost; attempts to open one are not needed, nor is a poller.
      if (isPoll && other.attempt.isOpen) other.attempt.lose({ reason: 'buffered' })
      else other.close()
    }
    return true
  }

  /** Try a stream again in a while, if a poller delivers. */
  update(): void {
    if (!this.#host.streams.primary?.isPoll) this.#again.clear()
    else if (!this.#again.isSet) this.#again.set(unmuteAfter)
  }

  stop(): void {
    this.#again.clear()
  }

  // A stream beside it spoke first. One that is silent since is what it was tried for.
  #isLate(poller: Stream): boolean {
    return [...this.#host.streams].some((other) => other !== poller && other.isBringing && other.attempt.isHeard)
  }

  // Elsewhere first: not all ways lead through the same proxy.
  #tryStream(): void {
    const { endpoints } = this.#host
    const muted = new Set<EndpointState>(endpoints.all.filter(({ isMuted }) => isMuted))
    const endpoint = endpoints.pick((each) => endpoints.mayBeAsked(each), muted)
    if (endpoint) this.#host.dial(endpoint, 'unmute')
    this.update()
  }
}
