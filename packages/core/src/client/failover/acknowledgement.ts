import { type Clock, Timer } from '../../clock.ts'
import type { Attempt } from '../attempt/attempt.ts'
import { discard } from '../attempt/request.ts'
import { shortestAcknowledgement } from '../constants.ts'
import type { ConnectOptions } from '../types.ts'
import type { EndpointState } from './endpoint-state.ts'

/** The stream that is acknowledged. */
export interface AcknowledgedStream {
  readonly endpoint: EndpointState
  readonly attempt: Attempt
}

/** What an acknowledgement needs to know. */
export interface AcknowledgementParts {
  /** The connection's name, as the server told it. */
  connection: string
  /** Milliseconds: how often the server wants to hear of the client. */
  interval: number
  options: ConnectOptions
  lastEventId(): string
}

/** Tells the server of a stream what was consumed last, at a third of the interval it asked for, until it is stopped. */
export class Acknowledgement {
  readonly #stream: AcknowledgedStream
  readonly #parts: AcknowledgementParts
  readonly #timer: Timer
  readonly #delay: number
  #isSending = false

  constructor(stream: AcknowledgedStream, parts: AcknowledgementParts, clock: Clock) {
    this.#stream = stream
    this.#parts = parts
    this.#delay = Math.max(parts.interval / 3, shortestAcknowledgement)
    this.#timer = new Timer(clock, () => void this.#send())
    this.#timer.set(this.#delay)
  }

  stop(): void {
    this.#timer.clear()
  }

  async #send(): Promise<void> {
    this.#timer.set(this.#delay)
    // One that is never answered must not have others beside it.
    if (this.#isSending) return
    this.#isSending = true
    const { options, lastEventId } = this.#parts
    const { credentials, fetch: request = fetch } = options
    const { headers: own, signal } = this.#stream.attempt
    const headers = { ...Object.fromEntries(own), 'content-type': 'text/plain' }
    const init = { method: 'POST', headers, credentials, body: lastEventId(), signal } as RequestInit
    try {
      const response = await request(this.#url(), init)
      discard(response.body)
    } catch {
      // The next one makes up for it.
    }
    this.#isSending = false
  }

  // Beside the endpoint. What else is in the query may be a token.
  #url(): string {
    const endpoint = new URL(this.#stream.endpoint.url)
    const url = new URL(`ack${endpoint.search}`, endpoint)
    url.searchParams.set('conn', this.#parts.connection)
    return url.href
  }
}
