import { type Environment, systemEnvironment } from '../../environment.ts'
import { checkOptions, type RulesOf } from '../../check-options.ts'
import { amount, duration } from '../../option-rules.ts'
import { BrokerClosedError } from '../errors.ts'
import type { Broker, BrokerListener } from './broker.ts'
import { ByAge } from './by-age.ts'
import { type KeptEvent, MemoryLog } from './memory-log.ts'
import { MemorySignals } from './memory-signals.ts'
import { ShardedMap } from './sharded-map.ts'

/** How much history {@link memoryBroker} keeps. */
export interface MemoryBrokerOptions {
  /** Events a topic. Default 1,000. */
  maxEvents?: number | undefined
  /** Bytes in all topics together, their names, keys and what else they cost included. Default 64 MiB. */
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
// Dropping so many events or topics takes some 0.3 ms. Where there are more, others get their turn in between.
const dropsATurn = 1_000

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
  readonly #logs = new ShardedMap<MemoryLog>()
  readonly #events = new ByAge<KeptEvent>()
  /** Topics that have nothing left: remembered for a while by where they are. */
  #idle = new ByAge<MemoryLog>()
  /** The epoch of topics that are not there. */
  #epoch: number
  /** Of topics, without their events. */
  #topicBytes = 0
  #isDropping = false
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

  /** The bytes that are kept, as far as they are known: text and what was measured of the rest. */
  get bytes(): number {
    return this.#topicBytes + this.#events.bytes
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    this.#checkOpen()
    signal?.throwIfAborted()
    this.#drop()
    const log = this.#log(topic)
    const known = key === undefined ? undefined : log.positionOf(key)
    if (known) return { position: known, duplicate: true }
    log.append(events, key, this.#environment.now())
    while (log.size > this.#maxEvents) log.dropOldest()
    this.#drop()
    return { position: log.head, duplicate: false }
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    this.#drop()
    return (this.#logs.get(topic) ?? this.#newLog(topic)).read(after, limit)
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    this.#drop()
    const log = this.#log(topic)
    // An object of its own, since one listener may subscribe twice.
    const own: BrokerListener = {
      onEvent: (event) => listener.onEvent(event),
      onLost: (reason) => listener.onLost(reason),
    }
    log.listen(own)
    const unsubscribe = async (): Promise<void> => {
      log.unlisten(own)
      this.#noteIdle(log)
      // Nobody knows a position of it.
      if (log.isIdle && log.head.offset === 0) this.#forget(log)
    }
    return { head: log.head, unsubscribe }
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    this.signals.close()
    this.#logs.clear()
    this.#idle = new ByAge()
    this.#topicBytes = 0
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }

  #log(topic: string): MemoryLog {
    let log = this.#logs.get(topic)
    if (log) return log
    this.#logs.set(topic, (log = this.#newLog(topic)))
    this.#topicBytes += log.bytes
    return log
  }

  #newLog(topic: string): MemoryLog {
    return new MemoryLog(topic, this.#epoch, this.#events)
  }

  // No timer: a broker that nobody uses is bounded anyway, and a timer would keep its process alive.
  #drop(): void {
    const now = this.#environment.now()
    let left = dropsATurn
    while (left > 0) {
      const { oldest } = this.#events
      const isOver = this.bytes > this.#maxBytes
      if (isOver && this.#idle.oldest) left = this.#forgetIdle(left)
      else if (oldest && (isOver || now - oldest.at >= this.#maxAge)) {
        this.#dropOldest(oldest)
        left--
      } else if (now - this.#sweptAt >= Math.min(this.#maxAge, longestSweep) / 10) {
        left = this.#forgetIdle(left)
        if (!this.#idle.oldest) this.#sweptAt = now
      } else return
    }
    this.#dropMoreLater()
  }

  #dropOldest({ log }: KeptEvent): void {
    log.dropOldest()
    this.#noteIdle(log)
  }

  #noteIdle(log: MemoryLog): void {
    if (log.isIdle && !this.#idle.has(log)) this.#idle.add(log)
  }

  #dropMoreLater(): void {
    if (this.#isDropping) return
    this.#isDropping = true
    this.#environment.afterTurn(() => {
      this.#isDropping = false
      if (!this.#closed) this.#drop()
    })
  }

  /** @returns how many more of `most` may be dropped in this turn */
  #forgetIdle(most: number): number {
    for (; most > 0 && this.#idle.oldest; most--) this.#forget(this.#idle.oldest)
    return most
  }

  #forget(log: MemoryLog): void {
    if (this.#idle.has(log)) this.#idle.remove(log)
    if (!log.isIdle || this.#logs.get(log.topic) !== log) return
    this.#logs.delete(log.topic)
    this.#topicBytes -= log.bytes
    // A forgotten topic must not begin again at positions that it has had.
    if (log.head.offset > 0) this.#epoch = newEpoch(this.#environment)
  }
}
