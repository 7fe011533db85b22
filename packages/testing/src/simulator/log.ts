import type { World } from './world.ts'

/** Topics with the keys that core's test vectors give them. */
const topics: readonly Topic[] = [
  { name: 'news', key: 'pzhmcy6k' },
  { name: 'a', key: '6mcnqj1z' },
  { name: 'chat/room-1', key: 'teg9r45x' },
  { name: 'grüße', key: 'o3j65s63' },
]

export interface Topic {
  name: string
  key: string
}

export interface Position {
  epoch: number
  offset: number
}

export interface Entry extends Position {
  topic: Topic
  /** Unique in the run, in the order of publishing. */
  number: number
  at: number
}

/** What all servers of a run replicate: one sequence for each topic. */
export class Log {
  readonly entries: Entry[] = []
  readonly #world: World
  readonly #byTopic: Map<string, Entry[]>
  readonly #readers = new Set<(entry: Entry) => void>()
  /** How many entries of a topic can be replayed. */
  keep = Infinity

  constructor(world: World, count: number) {
    this.#world = world
    this.#byTopic = new Map(topics.slice(0, count).map(({ key }) => [key, []]))
  }

  get topics(): Topic[] {
    return topics.slice(0, this.#byTopic.size)
  }

  publish(topic: Topic): void {
    const head = this.headOf(topic)
    this.#append({
      topic,
      epoch: head.epoch,
      offset: head.offset + 1,
      number: this.entries.length,
      at: this.#world.now,
    })
  }

  /** The log of a topic is lost and begins again. */
  restart(topic: Topic): void {
    const { epoch } = this.headOf(topic)
    this.#append({ topic, epoch: epoch + 1, offset: 1, number: this.entries.length, at: this.#world.now })
  }

  follow(reader: (entry: Entry) => void): void {
    this.#readers.add(reader)
  }

  headOf({ key }: Topic): Position {
    return this.#byTopic.get(key)?.at(-1) ?? { epoch: 1, offset: 0 }
  }

  /** What came after a position, up to another one, and whether something before that is not kept any more. */
  read(
    { key }: Topic,
    after: Position,
    to: Position,
  ): { entries: Entry[]; gap?: 'trimmed' | 'new-epoch'; start: Position } {
    const all = (this.#byTopic.get(key) ?? []).filter(({ epoch, offset }) => epoch === to.epoch && offset <= to.offset)
    const kept = all.slice(Math.max(all.length - this.keep, 0))
    const oldest = kept[0]?.offset ?? to.offset + 1
    if (after.epoch !== to.epoch)
      return { entries: kept, gap: 'new-epoch', start: { epoch: to.epoch, offset: oldest - 1 } }
    const entries = kept.filter(({ offset }) => offset > after.offset)
    if (after.offset >= oldest - 1) return { entries, start: after }
    return { entries, gap: 'trimmed', start: { epoch: to.epoch, offset: oldest - 1 } }
  }

  #append(entry: Entry): void {
    this.entries.push(entry)
    this.#byTopic.get(entry.topic.key)?.push(entry)
    for (const reader of this.#readers) reader(entry)
  }
}
