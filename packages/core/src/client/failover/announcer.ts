import type { Loss } from '../attempt/answer.ts'
import { Listeners } from '../listeners.ts'
import type { Limit, Status } from '../status.ts'
import type { Stream } from './stream.ts'

/**
 * Tells listeners what the connection is doing, after the step in which it happened: none of them ever meets a connection
 * that is half-way through something.
 */
export class Announcer {
  readonly listeners: Listeners<Status> = new Listeners()
  #status: Status
  #pending: Status[] = []
  readonly #limits = new Set<Limit>()

  constructor(status: Status) {
    this.#status = status
  }

  get status(): Status {
    return this.#status
  }

  /** The connection is doing this from now on. Nothing follows on `closed`. */
  say(status: Status): void {
    if (this.#status.state === 'closed') return
    this.#status = status
    this.tell(status)
  }

  /** It is over. @param last - until when others have something to say: whoever hears of the end hears it last */
  close(status: Status, last: Promise<void> | undefined): void {
    this.#status = status
    if (last) void last.then(() => this.tell(this.#status))
    else this.tell(status)
  }

  /** It is over for another reason than was thought. Told to whoever has not been told yet. */
  correct(status: Status): void {
    this.#status = status
  }

  /** Something happened, and the connection does what it did. */
  tell(status: Status): void {
    this.#pending.push(status)
    if (this.#pending.length === 1) void Promise.resolve().then(() => this.#flush())
  }

  /** Events come from this stream. */
  sayOpen({ endpoint, isPoll }: Stream): void {
    this.say({ state: isPoll ? 'polling' : 'open', endpoint: endpoint.url })
  }

  /** A stream, or an attempt, came to nothing. */
  sayLost(endpoint: string, { reason, status, error }: Loss): void {
    this.say({ state: 'lost', endpoint, reason, status, error })
  }

  /** An additional connection was opened or is gone. */
  tellExtra({ endpoint, purpose }: Stream, open: boolean): void {
    const mode = purpose === 'full' ? 'full' : 'standby'
    this.tell({ state: 'standby', endpoint: endpoint.url, mode, open })
  }

  /** Something was more than is kept: told once of each kind. */
  tellLimit(limit: Limit, endpoint: string | undefined): void {
    if (this.#limits.has(limit)) return
    this.#limits.add(limit)
    this.tell({ state: 'limited', limit, endpoint })
  }

  #flush(): void {
    const pending = this.#pending
    this.#pending = []
    for (const status of pending) this.listeners.tell(status)
  }
}
