import type { Hub, HubEvent } from '../../../src/hub/types.ts'
import type { Beginning, Ledger } from './ledger.ts'

/** A loop over `hub.subscribe`, which takes its next event when the scheduler says so. */
export class LocalClient {
  readonly ledger: Ledger
  readonly topics: readonly string[]
  state: 'idle' | 'open' = 'idle'
  hub: Hub | undefined
  /** Take everything at once. */
  eager = false
  lastEventId = ''
  beginning: Beginning = 'now'
  readonly #fail: (error: unknown) => void
  #iterator: AsyncIterator<HubEvent> | undefined
  #waiting = false

  constructor(ledger: Ledger, topics: readonly string[], fail: (error: unknown) => void) {
    this.ledger = ledger
    this.topics = topics
    this.#fail = fail
  }

  connect(hub: Hub): void {
    const from = this.lastEventId === '' && this.beginning === 'earliest' ? 'earliest' : this.lastEventId
    this.ledger.begin(this.lastEventId, this.beginning)
    this.#iterator = hub.subscribe(this.topics, { lastEventId: from })[Symbol.asyncIterator]()
    this.#waiting = false
    this.hub = hub
    this.state = 'open'
  }

  read(): void {
    if (this.#iterator && !this.#waiting) void this.#take(this.#iterator)
  }

  cut(): void {
    void this.#iterator?.return?.()
    this.#iterator = undefined
    this.state = 'idle'
  }

  async #take(iterator: AsyncIterator<HubEvent>): Promise<void> {
    this.#waiting = true
    const result = await iterator.next().catch(() => undefined)
    if (iterator !== this.#iterator) return
    this.#waiting = false
    if (!result || result.done) return this.cut()
    try {
      this.ledger.event(result.value)
      this.lastEventId = result.value.id
    } catch (error) {
      this.#fail(error)
    }
    if (this.eager) this.read()
  }
}
