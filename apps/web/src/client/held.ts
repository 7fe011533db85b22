import {
  connect,
  type ConnectionGap,
  type EndpointReport,
  type EventConnection,
  type RedundancyLevel,
  type Status,
  type TopicEvent,
} from '@holdfast/core/client'
import { collecting } from './collecting.ts'

/** What the visitor chooses. */
export interface Choices {
  redundancy: RedundancyLevel | 'auto'
  /** Milliseconds. */
  heartbeat: number
  /** Whether answers come only when they have ended, as behind some proxies. */
  isCollected: boolean
}

/** Who is told. */
export interface HeldListener {
  onEvent(event: TopicEvent): void
  onStatus(status: Status): void
  onGap(gap: ConnectionGap): void
}

/** The page's one connection. With other choices it is another one, which goes on where the one before it was. */
export class Held {
  readonly #urls: readonly string[]
  readonly #listener: HeldListener
  readonly #fetch: typeof fetch
  #choices: Choices
  #connection: EventConnection

  constructor(urls: readonly string[], choices: Choices, fetch: typeof globalThis.fetch, listener: HeldListener) {
    this.#urls = urls
    this.#choices = choices
    this.#fetch = fetch
    this.#listener = listener
    this.#connection = this.#open('earliest')
  }

  get endpoints(): readonly EndpointReport[] {
    return this.#connection.endpoints
  }

  choose(choices: Choices): void {
    const { lastEventId } = this.#connection
    this.#connection.close()
    this.#choices = choices
    this.#connection = this.#open(lastEventId || 'earliest')
  }

  close(): void {
    this.#connection.close()
  }

  #open(lastEventId: string): EventConnection {
    const { onEvent, onStatus, onGap } = this.#listener
    const { isCollected, ...options } = this.#choices
    const fetch = isCollected ? collecting(this.#fetch) : this.#fetch
    const connection = connect(this.#urls, { ...options, lastEventId, fetch, onGap })
    connection.on('*', onEvent)
    connection.onStatus(onStatus)
    onStatus(connection.status)
    return connection
  }
}
