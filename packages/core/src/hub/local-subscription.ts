import { HoldfastError } from '../errors.ts'
import type { FeedLease } from './feeds.ts'
import type { HubEvent } from './types.ts'

/** A subscriber in this process read more slowly than its topics were written. */
export class SlowSubscriberError extends HoldfastError {
  readonly code = 'slow-subscriber'
}

const maxQueuedChars = 1_048_576

/** A subscription in this process: events wait, bounded, until the loop asks for them. */
export class LocalSubscription implements AsyncIterable<HubEvent> {
  readonly #join: () => Promise<FeedLease>
  readonly #signal: AbortSignal

  constructor(join: () => Promise<FeedLease>, signal: AbortSignal) {
    this.#join = join
    this.#signal = signal
  }

  async *[Symbol.asyncIterator](): AsyncIterator<HubEvent> {
    const queue = new EventQueue(this.#signal)
    const lease = await this.#join()
    lease.feed.listeners.add(queue.add)
    try {
      for (let event = await queue.next(); event; event = await queue.next()) yield event
    } finally {
      lease.feed.listeners.delete(queue.add)
      lease.release()
      queue.close()
    }
  }
}

class EventQueue {
  readonly #signal: AbortSignal
  #events: HubEvent[] = []
  #chars = 0
  #overflowed = false
  #wake: () => void = () => {}

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  readonly add = (event: HubEvent): void => {
    this.#chars += event.data.length
    if (this.#chars > maxQueuedChars && this.#events.length > 0) this.#overflowed = true
    if (!this.#overflowed) this.#events.push(event)
    this.#wake()
  }

  /** The next event; undefined once the signal is aborted. */
  async next(): Promise<HubEvent | undefined> {
    while (!this.#signal.aborted) {
      const event = this.#events.shift()
      if (event) {
        this.#chars -= event.data.length
        return event
      }
      if (this.#overflowed) throw new SlowSubscriberError('Cannot go on: more than 1 MiB of events was waiting to be read')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return undefined
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => this.#wake()
}
