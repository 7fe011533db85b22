import { reportException } from '../../report.ts'
import {
  type BrokerEvent,
  type BrokerListener,
  gapAfter,
  type HistoryPage,
  type Position,
  type StoredEvent,
} from './broker.ts'
import type { Aging, ByAge } from './by-age.ts'

/** An event in memory. */
export interface KeptEvent extends StoredEvent, Aging {
  readonly log: MemoryLog
  /** When it was published, on the monotonic clock. */
  readonly at: number
  /** What it was published with, on the last event of a publication. */
  readonly key: string | undefined
}

// Beside the text, measured on Node 26: an event with its position and its place in an array; a key; a topic.
const [eventOverhead, keyOverhead, topicOverhead] = [200, 120, 336]

/** One topic's log in memory: its events in order, the keys they were published with, and who listens. */
export class MemoryLog implements Aging {
  readonly topic: string
  readonly epoch: number
  /** In the list of idle ones. */
  older: Aging | undefined
  newer: Aging | undefined
  readonly #all: ByAge<KeptEvent>
  // Made when they are first used: a million topics have neither.
  #listeners: Set<BrokerListener> | undefined
  #keys: Map<string, Position> | undefined
  #events: KeptEvent[] = []
  /** What listeners are being told. */
  #offers: StoredEvent[] | undefined
  /** Index of the oldest event kept; the ones before it are dropped in batches, so that each costs constant time. */
  #first = 0
  #offset = 0

  /** @param all - the events of all logs */
  constructor(topic: string, epoch: number, all: ByAge<KeptEvent>) {
    this.topic = topic
    this.epoch = epoch
    this.#all = all
  }

  get head(): Position {
    return { epoch: this.epoch, offset: this.#offset }
  }

  /** How many events are kept. */
  get size(): number {
    return this.#events.length - this.#first
  }

  /** The bytes that it takes beside its events. */
  get bytes(): number {
    return 2 * this.topic.length + topicOverhead
  }

  /** Nothing is kept, and nobody listens. */
  get isIdle(): boolean {
    return this.size === 0 && !this.#listeners?.size
  }

  positionOf(key: string): Position | undefined {
    return this.#keys?.get(key)
  }

  listen(listener: BrokerListener): void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
  }

  unlisten(listener: BrokerListener): void {
    this.#listeners?.delete(listener)
  }

  /** Append events published together; a key stays known as long as the last of them. */
  append(events: readonly BrokerEvent[], key: string | undefined, at: number): void {
    const last = events.length - 1
    const added = events.map((event, index) => this.#keep(event, index === last ? key : undefined, at))
    if (key !== undefined) (this.#keys ??= new Map()).set(key, this.head)
    this.#offer(added)
  }

  /** Drop the oldest event. */
  dropOldest(): void {
    const oldest = this.#events[this.#first]
    if (!oldest) return
    this.#all.remove(oldest)
    this.#first++
    if (oldest.key !== undefined) this.#keys?.delete(oldest.key)
    if (this.#first * 2 <= this.#events.length) return
    // Most topics have few events: where none is left, no new array is made.
    if (this.size === 0) this.#events.length = 0
    else this.#events = this.#events.slice(this.#first)
    this.#first = 0
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

  #keep({ event, data }: BrokerEvent, key: string | undefined, at: number): KeptEvent {
    const position = { epoch: this.epoch, offset: ++this.#offset }
    const text = data.length + (event?.length ?? 0) + (key?.length ?? 0)
    const bytes = 2 * text + eventOverhead + (key === undefined ? 0 : keyOverhead)
    const kept: KeptEvent = { log: this, position, event, data, key, bytes, at, older: undefined, newer: undefined }
    this.#events.push(kept)
    this.#all.add(kept)
    return kept
  }

  // What a listener publishes waits until everybody has been told what the listener was told.
  #offer(events: readonly KeptEvent[]): void {
    if (!this.#listeners?.size) return
    const underWay = this.#offers
    const offers = (this.#offers ??= [])
    for (const event of events) offers.push(toStored(event))
    if (underWay) return
    for (const stored of offers) {
      for (const listener of this.#listeners) tell(listener, stored)
    }
    this.#offers = undefined
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
