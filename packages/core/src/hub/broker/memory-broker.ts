import { type Environment, systemEnvironment } from '../../environment.ts'
import { checkOptions, type RulesOf } from '../../check-options.ts'
import { amount, duration } from '../../option-rules.ts'
import { reportException } from '../../report.ts'
import { BrokerClosedError } from '../errors.ts'
import {
  type Broker,
  type BrokerEvent,
  type BrokerListener,
  gapAfter,
  type HistoryPage,
  type Position,
  type StoredEvent,
} from './broker.ts'
import { MemorySignals } from './memory-signals.ts'

/** How much history {@link memoryBroker} keeps. */
export interface MemoryBrokerOptions {
  /** Events a topic. Default 1,000. */
  maxEvents?: number | undefined
  /** Bytes in all topics together. Default 64 MiB. */
  maxBytes?: number | undefined
  /** Milliseconds. Default 10 minutes; 0 keeps events however old they are. */
  maxAge?: number | undefined
}

const brokerOptions: RulesOf<MemoryBrokerOptions> = { maxEvents: amount, maxBytes: amount, maxAge: duration }

/**
 * A broker for one process: history in memory, bounded by count, bytes and age. Topics without any are forgotten.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function memoryBroker(options: MemoryBrokerOptions = {}): Broker {
  checkOptions('memoryBroker', options, brokerOptions)
  return new MemoryBroker(options, systemEnvironment)
}

// Topics without events are forgotten also where events are kept for ever.
const longestSweep = 600_000

// Two brokers of one process must not share an epoch, or positions of one would be taken for the other's.
let lastEpoch = 0

function newEpoch(environment: Environment): number {
  lastEpoch = Math.max(lastEpoch + 1, environment.wallTime())
  return lastEpoch
}

/** {@link memoryBroker} with the world as a parameter. */
export class MemoryBroker implements Broker {
  readonly signals: MemorySignals = new MemorySignals()
  readonly #environment: Environment
  readonly #maxEvents: number
  readonly #maxBytes: number
  readonly #maxAge: number
  readonly #logs = new Map<string, MemoryLog>()
  /** The epoch of topics that are not there. */
  #epoch: number
  #bytes = 0
  #sweptAt: number
  #closed = false

  constructor(options: MemoryBrokerOptions, environment: Environment) {
    this.#environment = environment
    this.#maxEvents = options.maxEvents ?? 1_000
    this.#maxBytes = options.maxBytes ?? 64 * 1_048_576
    this.#maxAge = options.maxAge || (options.maxAge === 0 ? Infinity : 600_000)
    this.#epoch = newEpoch(environment)
    this.#sweptAt = environment.now()
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    this.#checkOpen()
    signal?.throwIfAborted()
    this.#sweep()
    const log = this.#log(topic)
    const known = key === undefined ? undefined : log.positionOf(key)
    if (known) return { position: known, duplicate: true }
    this.#bytes += log.append(events, key, this.#environment.now())
    while (log.size > this.#maxEvents) this.#bytes -= log.dropOldest()
    if (this.#bytes > this.#maxBytes) this.#shrink()
    return { position: log.head, duplicate: false }
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    this.#sweep()
    return (this.#logs.get(topic) ?? new MemoryLog(this.#epoch)).read(after, limit)
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    this.#sweep()
    const log = this.#log(topic)
    // An object of its own, since one listener may subscribe twice.
    const own: BrokerListener = {
      onEvent: (event) => listener.onEvent(event),
      onLost: (reason) => listener.onLost(reason),
    }
    log.listeners.add(own)
    return { head: log.head, unsubscribe: async () => void log.listeners.delete(own) }
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    this.signals.close()
    this.#logs.clear()
    this.#bytes = 0
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }

  #log(topic: string): MemoryLog {
    let log = this.#logs.get(topic)
    if (!log) this.#logs.set(topic, (log = new MemoryLog(this.#epoch)))
    return log
  }

  // No timer: a broker that nobody uses is bounded anyway, and a timer would keep its process alive.
  #sweep(): void {
    const now = this.#environment.now()
    if (now - this.#sweptAt < Math.min(this.#maxAge, longestSweep) / 10) return
    this.#sweptAt = now
    let forgotten = false
    for (const [topic, log] of this.#logs) {
      while (now - log.oldestAt >= this.#maxAge) this.#bytes -= log.dropOldest()
      if (log.size > 0 || log.listeners.size > 0) continue
      forgotten ||= log.head.offset > 0
      this.#logs.delete(topic)
    }
    // A forgotten topic must not begin again at positions that it has had.
    if (forgotten) this.#epoch = newEpoch(this.#environment)
  }

  // Well below the limit at once, since this looks at every event: 0.1 s for 200,000 of them (Node 26).
  #shrink(): void {
    const events = [...this.#logs.values()].flatMap((log) => Array.from(log.times(), (at) => ({ at, log })))
    events.sort((a, b) => a.at - b.at)
    for (const { log } of events) {
      if (this.#bytes <= this.#maxBytes * 0.9) return
      this.#bytes -= log.dropOldest()
    }
  }
}

interface KeptEvent extends StoredEvent {
  key: string | undefined
  bytes: number
  /** When it was published, on the monotonic clock. */
  at: number
}

// Beside the text: two objects and a place in an array.
const eventOverhead = 160

/** One topic's log in memory: its events in order, the keys they were published with, and who listens. */
class MemoryLog {
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
