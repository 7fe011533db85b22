import type { RequestCredentials } from '../../web-types.ts'
import { type Clock, Timer } from '../../clock.ts'
import { discard } from '../attempt/request.ts'
import { shortestAcknowledgement } from '../constants.ts'

/** What an acknowledgement needs to know. */
export interface AcknowledgementParts {
  /** The endpoint's URL: `ack` is beside it. */
  url: string
  /** The connection's name, as the server told it. */
  connection: string
  /** Milliseconds: how often the server wants to hear of the client. */
  interval: number
  headers: Headers
  credentials: RequestCredentials | undefined
  signal: AbortSignal
  fetch: typeof fetch | undefined
  lastEventId(): string
}

/** Tells a server what was consumed last, at a third of the interval it asked for, until it is stopped. */
export class Acknowledgement {
  readonly #parts: AcknowledgementParts
  readonly #timer: Timer
  readonly #delay: number
  #isSending = false

  constructor(parts: AcknowledgementParts, clock: Clock) {
    this.#parts = parts
    this.#delay = Math.max(parts.interval / 3, shortestAcknowledgement)
    this.#timer = new Timer(clock, () => void this.#send())
    this.#timer.set(this.#delay)
  }

  stop(): void {
    this.#timer.clear()
  }

  async #send(): Promise<void> {
    const { headers: own, credentials, signal, lastEventId } = this.#parts
    this.#timer.set(this.#delay)
    // One that is never answered must not have others beside it.
    if (this.#isSending) return
    this.#isSending = true
    const headers = { ...Object.fromEntries(own), 'content-type': 'text/plain' }
    const request = this.#parts.fetch ?? fetch
    const init = { method: 'POST', headers, credentials, body: lastEventId(), signal } as RequestInit
    try {
      const response = await request(this.#url(), init)
      discard(response.body)
    } catch {
      // The next one makes up for it.
    }
    this.#isSending = false
  }

  // What else is in the query may be a token.
  #url(): string {
    const endpoint = new URL(this.#parts.url)
    const url = new URL(`ack${endpoint.search}`, endpoint)
    url.searchParams.set('conn', this.#parts.connection)
    return url.href
  }
}
