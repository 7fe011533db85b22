import type { Announcer } from './announcer.ts'
import { overlap } from '../constants.ts'
import type { MoveReason } from '../status.ts'
import type { EndpointPool } from './endpoints.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Which stream delivers, and which one follows on it. */
export class Succession {
  readonly #streams: Streams
  readonly #announcer: Announcer
  /** Where events came from last. */
  #source: string | undefined

  constructor(streams: Streams, announcer: Announcer) {
    this.#streams = streams
    this.#announcer = announcer
  }

  /** Another stream takes over from one that is gone, if there is one. */
  inherit(): void {
    const next = this.#streams.healthy ?? this.#streams.delivering[0]
    if (!next || this.#streams.primary) return
    // It was to go when the other one had come.
    this.keep(next)
    this.promote(next)
  }

  /** From now on this stream delivers. */
  promote(stream: Stream): void {
    const { primary } = this.#streams
    const endpoint = stream.endpoint.url
    const from = this.#source
    this.#streams.primary = stream
    this.#source = endpoint
    const reason = primary?.leaving ?? (primary?.isSuspect ? 'suspect' : 'lost')
    if (from !== undefined && from !== endpoint) this.#announcer.say({ state: 'switched', from, endpoint, reason })
    this.#announcer.sayOpen(stream)
  }

  /** Replace a stream before it ends: at once, where another one can be relied on. */
  leave(stream: Stream, reason: MoveReason, endpoints: EndpointPool): void {
    stream.leaving = reason
    const next = this.#streams.healthy
    if (!next || stream !== this.#streams.primary) return
    this.promote(next)
    this.relieve(next, endpoints)
  }

  /** A stream is suspect: another one that can be relied on, if there is one, delivers in its place. */
  depose(suspect: Stream, endpoints: EndpointPool): void {
    const next = this.#streams.healthy
    if (!next || !suspect.isPrimary) return
    this.promote(next)
    endpoints.failed(suspect.endpoint)
    suspect.close()
  }

  /** Don't replace it after all, unless its server goes away. */
  keep(stream: Stream): void {
    stream.leaving = stream.isDraining ? 'drain' : undefined
    stream.retirement.clear()
  }

  /** Close what is to be replaced, now that another stream is live. */
  relieve(live: Stream, endpoints: EndpointPool): void {
    if (live.isStandby) return
    for (const stream of this.#streams.delivering) {
      if (stream === live || !stream.leaving) continue
      if (stream.leaving === 'behind') endpoints.failed(stream.endpoint)
      if (!stream.retirement.isSet) stream.retirement.set(stream.leaving === live.purpose ? overlap : 0)
    }
  }

  /** A stream is open: it replaces suspects, and all others where only one may count. */
  displace(stream: Stream, endpoints: EndpointPool, mayOverlap: boolean): void {
    for (const other of this.#streams.delivering) {
      if (other === stream || (!other.isSuspect && mayOverlap)) continue
      if (other.isSuspect) endpoints.failed(other.endpoint)
      other.close()
    }
  }
}
