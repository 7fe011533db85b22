import type { Loss } from '../attempt/answer.ts'
import { staleBar } from '../constants.ts'
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import type { ConnectionErrorCode, ConnectionErrorDetails } from '../errors.ts'
import type { ConnectionCloseReason } from '../status.ts'
import type { Announcer } from './announcer.ts'
import type { EndpointSource } from './endpoint-source.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import { settleLoss } from './losses.ts'
import type { Race } from './race.ts'
import type { Redundancy } from './redundancy.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Who decides about the connection. */
export interface OutcomesHost {
  readonly endpoints: EndpointPool
  readonly delivery: Delivery
  readonly streams: Streams
  readonly isOnce: boolean
  readonly isClosed: boolean
  finish(reason: ConnectionCloseReason, discard: boolean): void
  fail(code: ConnectionErrorCode, details: ConnectionErrorDetails): void
  /** Dial if there is need to. @param known - an endpoint that is known to be well. @param lost - what was lost just now */
  update(known?: EndpointState, lost?: Stream): void
}

/** Whom it concerns. */
export interface OutcomesParts {
  race: Race
  redundancy: Redundancy
  announcer: Announcer
  source: EndpointSource
}

/** What follows for a stream and for the connection: from what it brought, from its end, and from its loss. */
export class Outcomes {
  readonly #host: OutcomesHost
  readonly #parts: OutcomesParts

  constructor(host: OutcomesHost, parts: OutcomesParts) {
    this.#host = host
    this.#parts = parts
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

  /** A stream, or an attempt, came to nothing. @param hasDelivered - events came from it until now */
  lost(stream: Stream, wasOpen: boolean, hasDelivered: boolean, loss: Loss): void {
    const { race, redundancy, announcer } = this.#parts
    const { endpoint, purpose } = stream
    const { status, error } = loss
    const ending = settleLoss(loss, stream, this.#host.endpoints, this.#host.isOnce)
    if (ending === 'no-content') return this.#host.finish(ending, false)
    if (ending) return void this.#giveUp(ending, { endpoint: endpoint.url, status, cause: error })
    // There may be no proxy any more.
    if (stream.isPoll && !wasOpen) endpoint.isMuted = false
    if (status === 429) race.tooMany(endpoint)
    if (wasOpen) redundancy.raise()
    const wasRacing = purpose === 'race' && !wasOpen
    if (hasDelivered || (wasRacing && !this.#host.streams.primary)) announcer.sayLost(endpoint.url, loss)
    if (wasRacing) race.more()
    this.#host.update(undefined, stream)
  }

  // Unless there are other endpoints by now.
  async #giveUp(code: ConnectionErrorCode, details: ConnectionErrorDetails): Promise<void> {
    const { source, race } = this.#parts
    if (!source.mayHelp(code)) return this.#host.fail(code, details)
    // The function may take its time, or never answer: until then it is waited for those that there are.
    race.more()
    await source.renew()
    if (this.#host.isClosed) return
    if (this.#host.endpoints.areAllRefused) this.#host.fail(code, details)
    else if (this.#host.streams.racing.length === 0) race.more()
  }

  #delivered(stream: Stream): void {
    const { endpoints, streams } = this.#host
    const { primary } = streams
    // Of a log that was taken for older than another one nothing is left to compare.
    if (stream.coverage.adoptsOlderLog) for (const each of endpoints.all) endpoints.agreed(each)
    endpoints.agreed(stream.endpoint)
    stream.wasUseful = true
    if (primary?.leaving !== 'behind' || !this.#parts.redundancy.isCovered) return
    streams.keep(primary)
    this.#host.update()
  }

  #broughtOlderLog(stream: Stream): void {
    const { endpoints } = this.#host
    endpoints.saidStale(stream.endpoint)
    if (endpoints.all.length > 1) endpoints.bar(stream.endpoint, staleBar)
    stream.attempt.lose({ reason: 'stale' })
    this.#parts.redundancy.lower()
  }
}
