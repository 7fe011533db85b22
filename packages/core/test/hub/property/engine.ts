import type { BrokerEvent, HistoryPage, Position, StoredEvent } from '../../../src/hub/broker/broker.ts'

/** What was once stored, for ever: the truth that clients are compared with. */
export interface Recorded extends StoredEvent {
  /** No client sees it. */
  mark: boolean
}

/** What a ledger compares with. */
export interface Truth {
  /** Everything that was ever stored. */
  records(topic: string): readonly Recorded[]
  head(topic: string): Position
  isKept(topic: string, position: Position): boolean
  /** Whether a topic had this epoch before the one it has now. */
  wasEpoch(topic: string, epoch: number): boolean
}

interface Log {
  epoch: number
  events: StoredEvent[]
  head: number
  keys: Map<string, Position>
}

/** A broker's engine whose history can be trimmed and lost at will. Everything happens at once here: brokers add the delays. */
export class Engine implements Truth {
  /** Called when events were stored. */
  onStored: (topic: string, events: readonly StoredEvent[]) => void = () => {}
  readonly #wallTime: () => number
  readonly #logs = new Map<string, Log>()
  readonly #records = new Map<string, Recorded[]>()
  readonly #epochs = new Map<string, number>()
  readonly #pastEpochs = new Set<string>()

  constructor(wallTime: () => number) {
    this.#wallTime = wallTime
  }

  publish(
    topic: string,
    events: readonly BrokerEvent[],
    key: string | undefined,
  ): { position: Position; duplicate: boolean } {
    const log = this.#log(topic)
    const known = key === undefined ? undefined : log.keys.get(key)
    if (known) return { position: known, duplicate: true }
    const stored = events.map((event): StoredEvent => ({
      ...event,
      position: { epoch: log.epoch, offset: ++log.head },
    }))
    log.events.push(...stored)
    this.records(topic).push(...stored.map((event) => ({ ...event, mark: event.event?.startsWith('\n') === true })))
    const position = { epoch: log.epoch, offset: log.head }
    if (key !== undefined) log.keys.set(key, position)
    this.onStored(topic, stored)
    return { position, duplicate: false }
  }

  read(topic: string, after: Position | 'earliest', limit: number): HistoryPage {
    const { epoch, events, head } = this.#log(topic)
    const oldest = head - events.length
    let from = oldest
    let gap: HistoryPage['gap']
    if (after !== 'earliest') {
      if (after.epoch !== epoch || after.offset > head) gap = 'new-epoch'
      else if (after.offset < oldest) gap = 'trimmed'
      else from = after.offset
    }
    const page = events.slice(from - oldest, from - oldest + limit)
    return { events: page, head: { epoch, offset: head }, more: from + page.length < head, ...(gap && { gap }) }
  }

  head(topic: string): Position {
    const { epoch, head } = this.#log(topic)
    return { epoch, offset: head }
  }

  /** Forget all but the newest `keep` events. */
  trim(topic: string, keep: number): void {
    const log = this.#log(topic)
    if (log.events.length > keep) log.events = log.events.slice(log.events.length - keep)
  }

  /** Lose a topic with everything in it. */
  lose(topic: string): void {
    this.#pastEpochs.add(`${this.#log(topic).epoch} ${topic}`)
    this.#logs.delete(topic)
  }

  records(topic: string): Recorded[] {
    let records = this.#records.get(topic)
    if (!records) this.#records.set(topic, (records = []))
    return records
  }

  isKept(topic: string, position: Position): boolean {
    const { epoch, events, head } = this.#log(topic)
    return position.epoch === epoch && position.offset > head - events.length
  }

  wasEpoch(topic: string, epoch: number): boolean {
    return this.#pastEpochs.has(`${epoch} ${topic}`)
  }

  #log(topic: string): Log {
    let log = this.#logs.get(topic)
    if (!log) {
      // As a broker that persists does it: later than the one before, whatever the clock says.
      const epoch = Math.max((this.#epochs.get(topic) ?? 0) + 1, this.#wallTime())
      this.#epochs.set(topic, epoch)
      this.#logs.set(topic, (log = { epoch, events: [], head: 0, keys: new Map() }))
    }
    return log
  }
}
