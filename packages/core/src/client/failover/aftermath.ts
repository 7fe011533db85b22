import type { Loss } from '../attempt/answer.ts'
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
export interface AftermathHost {
  readonly streams: Streams
  readonly endpoints: EndpointPool
  readonly isOnce: boolean
  readonly isClosed: boolean
  finish(reason: ConnectionCloseReason, discard: boolean): void
  fail(code: ConnectionErrorCode, details: ConnectionErrorDetails): void
  /** Dial if there is need to. */
  update(known?: EndpointState, lost?: Stream): void
}

/** Whom a loss concerns. */
export interface AftermathParts {
  race: Race
  redundancy: Redundancy
  announcer: Announcer
  source: EndpointSource
}

/** What follows from the loss of a stream, or of an attempt. */
export class Aftermath {
  readonly #host: AftermathHost
  readonly #parts: AftermathParts

  constructor(host: AftermathHost, parts: AftermathParts) {
    this.#host = host
    this.#parts = parts
  }

  /** @param hasDelivered - events came from it until now */
  of(stream: Stream, wasOpen: boolean, hasDelivered: boolean, loss: Loss): void {
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
    await source.renew()
    if (this.#host.isClosed) return
    if (this.#host.endpoints.areAllRefused) this.#host.fail(code, details)
    else race.more()
  }
}
