import { overlap } from '../constants.ts'
import type { MoveReason } from '../status.ts'
import type { Announcer } from './announcer.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Stream } from './stream.ts'

/** All attempts and streams of a connection that are not closed: which of them delivers, and which one follows on it. */
export class Streams {
  readonly #all = new Set<Stream>()
  readonly #endpoints: EndpointPool
  readonly #announcer: Announcer
  /** The stream that delivers: its events count where they cannot be compared. */
  primary: Stream | undefined
  /** Where events came from last. */
  #source: string | undefined

  constructor(endpoints: EndpointPool, announcer: Announcer) {
    this.#endpoints = endpoints
    this.#announcer = announcer
  }

  [Symbol.iterator](): Iterator<Stream> {
    // A copy: what is done with one of them may close another.
    return [...this.#all][Symbol.iterator]()
  }

  add(stream: Stream): void {
    this.#all.add(stream)
  }

  remove(stream: Stream): void {
    this.#all.delete(stream)
    if (this.primary === stream) this.primary = undefined
  }

  /** Those that bring events, healthy or not. */
  get delivering(): Stream[] {
    return [...this.#all].filter((stream) => stream.isDelivering)
  }

  /** One that can be relied on. */
  get healthy(): Stream | undefined {
    return this.delivering.find((stream) => stream.isHealthy && !stream.isOdd)
  }

  /** Those that are silent for longer than usual. */
  get odd(): Stream[] {
    return [...this.#all].filter((stream) => stream.isOdd)
  }

  /** Whether one was heard after those that are odd: what it does not bring is not to be had elsewhere either. */
  get haveWitness(): boolean {
    const silence = Math.min(...this.odd.map(({ attempt }) => attempt.silentFor))
    return [...this.#all].some(
      ({ attempt }) => attempt.state === 'live' && attempt.isHeard && attempt.silentFor < silence,
    )
  }

  /** Attempts of a race that have no answer yet. */
  get racing(): Stream[] {
    return [...this.#all].filter((stream) => stream.isRacing)
  }

  /** The additional connection, also while it is being opened. */
  get extra(): Stream | undefined {
    return [...this.#all].find((stream) => stream !== this.primary && (stream.purpose === 'full' || stream.isStandby))
  }

  /** Whether an attempt runs at an endpoint, or a stream that is to be left. Of a suspect its connection may be to blame. */
  occupies({ url }: EndpointState): boolean {
    return [...this.#all].some((stream) => {
      const isLeft = !stream.attempt.isOpen || stream.leaving !== undefined
      return stream.endpoint.url === url && !stream.isStandby && isLeft
    })
  }

  /** Another stream takes over from one that is gone, if there is one. */
  inherit(): void {
    const next = this.healthy ?? this.delivering[0]
    if (!next || this.primary) return
    // It was to go when the other one had come.
    this.keep(next)
    this.promote(next)
  }

  /** From now on this stream delivers. */
  promote(stream: Stream): void {
    const endpoint = stream.endpoint.url
    const [from, before] = [this.#source, this.primary]
    this.primary = stream
    this.#source = endpoint
    const reason = before?.leaving ?? (before?.isSuspect ? 'suspect' : 'lost')
    if (from !== undefined && from !== endpoint) this.#announcer.say({ state: 'switched', from, endpoint, reason })
    this.#announcer.sayOpen(stream)
  }

  /** Replace a stream before it ends: at once, where another one can be relied on. */
  leave(stream: Stream, reason: MoveReason): void {
    stream.leaving = reason
    const next = this.healthy
    if (!next || stream !== this.primary) return
    this.promote(next)
    this.relieve(next)
  }

  /** A stream is suspect: another one that can be relied on, if there is one, delivers in its place. */
  depose(suspect: Stream): void {
    const next = this.healthy
    if (!next || suspect !== this.primary) return
    this.promote(next)
    this.#endpoints.failed(suspect.endpoint)
    suspect.close()
  }

  /** Don't replace it after all, unless its server goes away. */
  keep(stream: Stream): void {
    stream.leaving = stream.isDraining ? 'drain' : undefined
    stream.retirement.clear()
  }

  /** Close what is to be replaced, now that another stream is live. */
  relieve(live: Stream): void {
    if (live.isStandby) return
    for (const stream of this.delivering) {
      if (stream === live || !stream.leaving) continue
      if (stream.leaving === 'behind') this.#endpoints.failed(stream.endpoint)
      if (!stream.retirement.isSet) stream.retirement.set(stream.leaving === live.purpose ? overlap : 0)
    }
  }

  /** A stream is open: it replaces suspects, and all others where only one may count. */
  displace(stream: Stream, mayOverlap: boolean): void {
    for (const other of this.delivering) {
      if (other === stream || (!other.isSuspect && mayOverlap)) continue
      if (other.isSuspect) this.#endpoints.failed(other.endpoint)
      other.close()
    }
  }
}
