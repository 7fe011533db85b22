import type { Broker, Position } from '../../../src/hub/broker/broker.ts'
import { MemoryBroker, type MemoryBrokerOptions } from '../../../src/hub/broker/memory-broker.ts'
import { comparePositions } from '../../../src/wire/position.ts'
import type { Recorded, Truth } from './engine.ts'
import type { VirtualEnvironment } from './virtual-environment.ts'

interface Snapshot {
  head: Position
  /** The oldest event that is kept. */
  first: Position | undefined
}

/** The real memory broker, and a note of all that was ever published to it. */
export class MemoryWitness implements Truth {
  readonly broker: Broker
  readonly #topics: readonly string[]
  readonly #records = new Map<string, Recorded[]>()
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #epochs = new Set<string>()

  constructor(topics: readonly string[], options: MemoryBrokerOptions, environment: VirtualEnvironment) {
    const broker = new MemoryBroker(options, environment)
    this.#topics = topics
    this.broker = {
      read: broker.read,
      subscribe: broker.subscribe,
      close: broker.close,
      publish: async (topic, events, publishOptions) => {
        const result = await broker.publish(topic, events, publishOptions)
        const { epoch, offset } = result.position
        const first = offset - events.length + 1
        if (result.duplicate) return result
        const stored = events.map((event, index) => ({
          ...event,
          position: { epoch, offset: first + index },
          mark: event.event?.startsWith('\n') === true,
        }))
        this.#records.set(topic, [...this.records(topic), ...stored])
        return result
      },
    }
  }

  /** Look at what is kept now. */
  async look(): Promise<void> {
    for (const topic of this.#topics) {
      const { head, events } = await this.broker.read(topic, 'earliest', 1)
      this.#snapshots.set(topic, { head, first: events[0]?.position })
      this.#epochs.add(`${head.epoch} ${topic}`)
    }
  }

  records(topic: string): readonly Recorded[] {
    return this.#records.get(topic) ?? []
  }

  head(topic: string): Position {
    return (this.#snapshots.get(topic) as Snapshot).head
  }

  isKept(topic: string, position: Position): boolean {
    const first = this.#snapshots.get(topic)?.first
    return first !== undefined && comparePositions(position, first) >= 0
  }

  wasEpoch(topic: string, epoch: number): boolean {
    return this.#epochs.has(`${epoch} ${topic}`)
  }
}
