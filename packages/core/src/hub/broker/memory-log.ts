import type { BrokerEvent, BrokerListener, HistoryPage, Position, StoredEvent } from './broker.ts'
import { reportException } from '../../report.ts'
import { gapAfter } from './gap-after.ts'

interface KeptEvent extends StoredEvent {
  key: string | undefined
  bytes: number
  /** When it was published, on the monotonic clock. */
  at: number
}

// Beside the text: two objects and a place in an array.
const eventOverhead = 160

/** One topic's log in memory: its events in order, the keys they were published with, and who listens. */
export class MemoryLog {
  readonly epoch: number
  readonly listeners: Set<BrokerListener> = new Set()
  readonly #keys = new Map<string, Position>()
  #events: KeptEvent[] = []
  /** What listeners are being told. */
  #offers: StoredEvent[] = []
  /** Index of the oldest event kept; the ones before it are dropped in batches, so that each costs constant time. */
  #first = 0
  #offset = 0

  constructor(epoch: number) {
    this.epoch = epoch
  }

  get head(): Position {
    return { epoch: this.epoch, offset: this.#offset }
  }

  get size(): number {
    return this.#events.length - this.#first
  }

  /** When the oldest event kept was published; Infinity when there is none. */
  get oldestAt(): number {
    return this.#events[this.#first]?.at ?? Infinity
  }

  /** When each event kept was published, the oldest first. */
  *times(): Generator<number> {
    for (let index = this.#first; index < this.#events.length; index++) yield (this.#events[index] as KeptEvent).at
  }

  positionOf(key: string): Position | undefined {
    return this.#keys.get(key)
  }

  /** Append events published together; a key stays known as long as the last of them. Returns the bytes they take. */
  append(events: readonly BrokerEvent[], key: string | undefined, at: number): number {
    let total = 0
    const added = events.map(({ event, data }, index): KeptEvent => {
      const bytes = 2 * (data.length + (event?.length ?? 0)) + eventOverhead
      total += bytes
      const position = { epoch: this.epoch, offset: ++this.#offset }
      return { position, event, data, bytes, at, key: index === events.length - 1 ? key : undefined }
    })
    // Not spread: a call takes some 100,000 arguments at most.
    for (const event of added) this.#events.push(event)
    if (key !== undefined) this.#keys.set(key, this.head)
    this.#offer(added)
    return total
  }

  /** Drop the oldest event. Returns the bytes it took. */
  dropOldest(): number {
    const oldest = this.#events[this.#first]
    if (!oldest) return 0
    this.#first++
    if (oldest.key !== undefined) this.#keys.delete(oldest.key)
    if (this.#first * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#first)
      this.#first = 0
    }
    return oldest.bytes
  }

  read(after: Position | 'earliest', limit: number): HistoryPage {
    const oldest = this.#offset - this.size
    const gap = gapAfter(after, oldest, this.head)
    const from = after === 'earliest' || gap ? oldest : after.offset
    const start = this.#first + from - oldest
    const events = this.#events.slice(start, start + limit).map(toStored)
    const page: HistoryPage = { events, head: this.head, more: from + events.length < this.#offset }
    return gap ? { ...page, gap } : page
  }

  // What a listener publishes waits until everybody has been told what the listener was told.
  #offer(events: readonly KeptEvent[]): void {
    const underWay = this.#offers.length > 0
    for (const event of events) this.#offers.push(toStored(event))
    if (underWay) return
    for (const stored of this.#offers) {
      for (const listener of this.listeners) tell(listener, stored)
    }
    this.#offers = []
  }
}

function tell(listener: BrokerListener, stored: StoredEvent): void {
  try {
    listener.onEvent(stored)
  } catch (error) {
    reportException(error)
  }
}

function toStored({ position, event, data }: KeptEvent): StoredEvent {
  return event === undefined ? { position, data } : { position, event, data }
}
