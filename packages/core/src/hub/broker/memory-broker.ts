import { type Environment, systemEnvironment } from '../../environment.ts'
import { callSafely } from '../../report.ts'
import type { Broker, BrokerListener, BrokerSignals } from './broker.ts'
import { BrokerClosedError } from '../errors.ts'
import { MemoryLog } from './memory-log.ts'

/** How much history {@link memoryBroker} keeps. */
export interface MemoryBrokerOptions {
  /** Events a topic. Default 1,000. */
  maxEvents?: number | undefined
  /** Bytes in all topics together. Default 64 MiB. */
  maxBytes?: number | undefined
  /** Milliseconds. Default 10 minutes; 0 keeps events however old they are. */
  maxAge?: number | undefined
}

/** A broker for one process: history in memory, bounded by count, bytes and age. Topics without any are forgotten. */
export function memoryBroker(options: MemoryBrokerOptions = {}): Broker {
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
  readonly #environment: Environment
  readonly #maxEvents: number
  readonly #maxBytes: number
  readonly #maxAge: number
  readonly #logs = new Map<string, MemoryLog>()
  readonly #receivers = new Map<string, Set<(text: string) => void>>()
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

  readonly signals: BrokerSignals = {
    send: async (hubId, text) => {
      const receivers =
        hubId === '*' ? [...this.#receivers.values()].flatMap((set) => [...set]) : this.#receivers.get(hubId)
      for (const receive of receivers ?? []) callSafely(receive, text)
    },
    listen: async (hubId, receive) => {
      const receivers = this.#receivers.get(hubId) ?? new Set()
      this.#receivers.set(hubId, receivers.add(receive))
      return async () => {
        receivers.delete(receive)
        if (receivers.size === 0) this.#receivers.delete(hubId)
      }
    },
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    this.#receivers.clear()
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
