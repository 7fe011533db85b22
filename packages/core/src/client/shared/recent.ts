import { comparePositions, parsePositionId, type Position, topicKey } from '../../wire/position.ts'
import type { RelayedEvent } from './messages.ts'

/** Characters of events that are kept for tabs that come a little later, and what each counts besides. */
const maxKept = 1_048_576
const entryWeight = 256

interface Kept {
  key: string
  position: Position | undefined
  relayed: RelayedEvent
}

/** Where what has no position is kept. */
const opaque = ''

/** The newest events of a connection, and how far it has come in each topic. */
export class Recent {
  /** How far each topic has come. */
  readonly heads: Map<string, Position> = new Map()
  /** The position after which everything of a topic is kept. */
  readonly #floors = new Map<string, Position>()
  #kept: Kept[] = []
  #weight = 0

  /** The topic stands here, and what was before is not to be had. Nothing changes where it has come further. */
  begin(key: string, position: Position): void {
    const head = this.heads.get(key)
    if (head && comparePositions(position, head) <= 0) return
    this.heads.set(key, position)
    this.#floors.set(key, position)
  }

  /** @returns the event as it goes to the tabs; undefined for one that came before */
  take(topic: string | undefined, { event, data, id }: Omit<RelayedEvent, 'topic'>): RelayedEvent | undefined {
    const parsed = parsePositionId(id)
    if (!parsed) {
      const relayed = { topic, event, data, id }
      this.#keep({ key: opaque, position: undefined, relayed })
      return relayed
    }
    const key = parsed.advanced
    const position = parsed.positions.get(key) as Position
    const { epoch, offset } = position
    const head = this.heads.get(key)
    if (head && comparePositions(position, head) <= 0) return undefined
    if (!head || head.epoch !== epoch) this.#floors.set(key, { epoch, offset: Math.max(0, offset - 1) })
    this.heads.set(key, position)
    const relayed = { topic, event, data, id: `c1~${key}-${epoch.toString(36)}-${offset.toString(36)}` }
    this.#keep({ key, position, relayed })
    return relayed
  }

  /** What a stream misses that stands at `positions`; undefined where not all of it is kept. */
  after(positions: ReadonlyMap<string, Position>, topics: readonly string[]): RelayedEvent[] | undefined {
    const keys = topics.length > 0 ? topics.map(topicKey) : [...this.heads.keys()]
    for (const key of keys) {
      const position = positions.get(key)
      const floor = this.#floors.get(key)
      if (!position) continue
      if (!floor || position.epoch !== floor.epoch || position.offset < floor.offset) return undefined
    }
    return this.#kept
      .filter(({ key, position }) => {
        const from = positions.get(key)
        return keys.includes(key) && position && from && comparePositions(position, from) > 0
      })
      .map(({ relayed }) => relayed)
  }

  /** The same of a server whose ids are no positions. */
  afterOpaque(id: string): RelayedEvent[] | undefined {
    const index = this.#kept.findLastIndex(({ key, relayed }) => key === opaque && relayed.id === id)
    return index < 0 ? undefined : this.#kept.slice(index + 1).map(({ relayed }) => relayed)
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept)
    this.#weight += weightOf(kept)
    let dropped = 0
    for (; this.#weight > maxKept && dropped < this.#kept.length; dropped++) {
      const { key, position } = this.#kept[dropped] as Kept
      this.#weight -= weightOf(this.#kept[dropped] as Kept)
      if (position) this.#floors.set(key, position)
    }
    if (dropped > 0) this.#kept = this.#kept.slice(dropped)
  }
}

function weightOf({ relayed: { event, data } }: Kept): number {
  return entryWeight + event.length + data.length
}
