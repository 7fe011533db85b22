import { staleBar } from '../constants.ts'
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import type { ConnectionErrorCode, ConnectionErrorDetails } from '../errors.ts'
import type { ConnectionCloseReason } from '../status.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Redundancy } from './redundancy.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'
import type { Succession } from './succession.ts'

/** Who decides about the connection. */
export interface OutcomesHost {
  readonly endpoints: EndpointPool
  readonly delivery: Delivery
  readonly streams: Streams
  finish(reason: ConnectionCloseReason, discard: boolean): void
  fail(code: ConnectionErrorCode, details: ConnectionErrorDetails): void
  /** Dial if there is need to. @param known - an endpoint that is known to be well */
  update(known?: EndpointState): void
}

/** What follows for a stream from what it brought. */
export class Outcomes {
  readonly #host: OutcomesHost
  readonly #redundancy: Redundancy
  readonly #succession: Succession

  constructor(host: OutcomesHost, redundancy: Redundancy, succession: Succession) {
    this.#host = host
    this.#redundancy = redundancy
    this.#succession = succession
  }

  take(stream: Stream, outcome: Outcome): void {
    switch (outcome) {
      case 'delivered':
        return this.#delivered(stream)
      case 'stale':
        return this.#broughtOlderLog(stream)
      case 'reopen':
        stream.close()
        return this.#host.update(stream.endpoint)
      case 'complete':
        return this.#host.finish('done', false)
      case 'repeated':
      case 'left':
    }
  }

  /** The server says that nothing follows. */
  ended(stream: Stream, end: 'done' | 'failed'): void {
    const { delivery } = this.#host
    if (!delivery.positions.areComparable && !stream.isPrimary) return
    // What this stream left to others is still to come.
    if (!delivery.isCaughtUp(stream)) stream.attempt.lose({ reason: 'ended' })
    else if (end === 'failed') this.#host.fail('source-failed', { endpoint: stream.endpoint.url })
    else this.#host.finish('done', false)
  }

  #delivered(stream: Stream): void {
    const { endpoints, streams } = this.#host
    const { primary } = streams
    // Of a log that was taken for older than another one nothing is left to compare.
    if (stream.coverage.adoptsOlderLog) for (const each of endpoints.all) endpoints.agreed(each)
    endpoints.agreed(stream.endpoint)
    stream.wasUseful = true
    if (primary?.leaving !== 'behind' || !this.#redundancy.isCovered) return
    this.#succession.keep(primary)
    this.#host.update()
  }

  #broughtOlderLog(stream: Stream): void {
    const { endpoints } = this.#host
    endpoints.saidStale(stream.endpoint)
    if (endpoints.all.length > 1) endpoints.bar(stream.endpoint, staleBar)
    stream.attempt.lose({ reason: 'stale' })
    this.#redundancy.lower()
  }
}
