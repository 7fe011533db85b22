import type { Environment } from '../environment.ts'
import type { Broker } from './broker/broker.ts'
import type { Lease } from './feed-registry.ts'
import { HistoryReader } from './replay/history-reader.ts'
import { fromStart, type ResumePoint, resumePointFrom } from './replay/resume-point.ts'
import type { FeedListener } from './feed.ts'
import type { HubEvent } from './types.ts'

const maxQueuedChars = 1_048_576

/** What a {@link LocalSubscription} is made from. */
export interface LocalSubscriptionParts {
  from: ResumePoint
  join(): Promise<Lease>
  broker: Broker
  environment: Environment
  signal: AbortSignal
}

/** A subscription in this process. Each loop over it is a subscriber of its own. */
export class LocalSubscription implements AsyncIterable<HubEvent> {
  readonly #parts: LocalSubscriptionParts

  constructor(parts: LocalSubscriptionParts) {
    this.#parts = parts
  }

  [Symbol.asyncIterator](): AsyncIterator<HubEvent, undefined> {
    return new LocalIterator(this.#parts)
  }
}

/** One loop. It joins at once, so what is published before the first `next` belongs to it. */
class LocalIterator implements AsyncIterator<HubEvent, undefined> {
  readonly #parts: LocalSubscriptionParts
  readonly #joined: Promise<void>
  #lease: Lease | undefined
  #reader: HistoryReader | undefined
  #replayed: HubEvent[] = []
  /** Each with its sequence number in the feed. */
  #live: { at: number; event: HubEvent }[] = []
  #liveChars = 0
  /** Live events were dropped: when the ones kept are read, the history has the rest. */
  #overflowed = false
  readonly #listener: FeedListener = { onEvent: (event) => this.#receive(event), onEnd: () => this.#wake() }
  #lastId = ''
  #closed = false
  #wake: () => void = () => {}
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: LocalSubscriptionParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', this.#close, { once: true })
    if (parts.signal.aborted) this.#close()
    this.#joined = parts.join().then((lease) => this.#start(lease))
    // Told to whoever calls `next`.
    this.#joined.catch(() => {})
  }

  next(): Promise<IteratorResult<HubEvent, undefined>> {
    const result = this.#turn.then(() => this.#next())
    this.#turn = result.catch(() => {})
    return result
  }

  async return(): Promise<IteratorResult<HubEvent, undefined>> {
    this.#close()
    return { done: true, value: undefined }
  }

  #start(lease: Lease): void {
    if (this.#closed) return lease.release()
    this.#lease = lease
    lease.feed.listeners.add(this.#listener)
    const { from } = this.#parts
    const { end, topics } = lease.feed
    this.#replay(lease, end ? fromStart(from, topics) : from)
  }

  #replay(lease: Lease, from: ResumePoint): void {
    const { broker, environment } = this.#parts
    this.#live = []
    this.#liveChars = 0
    this.#overflowed = false
    this.#reader = new HistoryReader(broker, lease.feed, from, lease.since, environment)
    this.#lastId = this.#reader.checkpoint
  }

  async #next(): Promise<IteratorResult<HubEvent, undefined>> {
    await this.#joined
    while (!this.#closed) {
      const event = this.#replayed.shift() ?? (this.#reader ? undefined : this.#shiftLive())
      if (event) {
        this.#lastId = event.id
        return { done: false, value: event }
      }
      await this.#fetch()
    }
    return { done: true, value: undefined }
  }

  #shiftLive(): HubEvent | undefined {
    const event = this.#live.shift()?.event
    this.#liveChars -= event?.data.length ?? 0
    return event
  }

  async #fetch(): Promise<void> {
    if (this.#reader) {
      const entries = await this.#reader.next()
      if (typeof entries === 'number') this.#joinLive(entries)
      else this.#replayed = entries.flatMap(({ event }) => event ?? [])
    } else if (this.#overflowed && this.#lease) {
      this.#replay(this.#lease, resumePointFrom(this.#lastId, this.#lease.feed.topics))
    } else if (this.#lease?.feed.end) {
      this.#close()
    } else {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  // A client that was ahead of this hub has read on to where the feed is by now: it has had the first live events.
  #joinLive(joinAt: number): void {
    this.#lastId = this.#reader?.checkpoint ?? this.#lastId
    this.#reader = undefined
    while (this.#live[0] && this.#live[0].at < joinAt) this.#shiftLive()
  }

  #receive(event: HubEvent): void {
    this.#overflowed ||= this.#live.length > 0 && this.#liveChars + event.data.length > maxQueuedChars
    if (!this.#overflowed) {
      this.#live.push({ at: (this.#lease?.feed.ring.end ?? 0) - 1, event })
      this.#liveChars += event.data.length
    }
    this.#wake()
  }

  readonly #close = (): void => {
    if (this.#closed) return
    this.#closed = true
    this.#parts.signal.removeEventListener('abort', this.#close)
    this.#reader?.cancel()
    this.#lease?.feed.listeners.delete(this.#listener)
    this.#lease?.release()
    this.#wake()
  }
}
