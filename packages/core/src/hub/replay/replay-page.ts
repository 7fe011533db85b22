import { Chunk, lengthOf, type RingEntry } from '../../fanout/chunk.ts'
import { comparePositions, type Position, writePosition } from '../../wire/position.ts'
import type { Broker, HistoryPage } from '../broker/broker.ts'
import { eventEntry } from '../entries.ts'
import type { TopicSubscription } from '../topic-subscription.ts'
import type { HubEvent } from '../types.ts'
import { startOfPage } from './gap.ts'

/** A page of a topic's history, encoded once for all who begin in it. */
export class ReplayPage {
  readonly readAt: number
  /** Once it is read; rejects where it cannot be. */
  readonly loaded: Promise<void>
  /** Where it was asked to begin. */
  readonly after: Position
  /** Contiguous. */
  entries: readonly RingEntry<HubEvent>[] = []
  bytes = 0
  /** Why it does not begin where it was asked to, but at `start`. */
  gap: HistoryPage['gap']
  start: Position
  readonly #chunks = new Map<number, Chunk>()

  constructor(
    broker: Pick<Broker, 'read'>,
    { topic, key }: TopicSubscription,
    after: Position,
    limit: number,
    readAt: number,
  ) {
    this.after = this.start = after
    this.readAt = readAt
    this.loaded = broker.read(topic, after, limit).then((page) => {
      this.gap = page.gap
      if (page.gap) this.start = startOfPage(page)
      this.entries = page.events.map((stored) => eventEntry(topic, stored, writePosition(key, stored.position)))
      for (const entry of this.entries) this.bytes += lengthOf(entry)
    })
  }

  /** Whether it was asked to begin at a position, or before it. */
  beginsBefore(position: Position): boolean {
    return comparePositions(this.after, position) <= 0
  }

  /** Whether it has events after a position, and none is missing between. */
  async reaches(after: Position): Promise<boolean> {
    await this.loaded
    if (this.gap) return false
    return after.offset - this.after.offset < this.entries.length
  }

  /** Its events after one position, up to another. Shared by all who begin there. */
  chunkBetween(after: Position, to: Position): Chunk {
    const from = this.gap ? 0 : after.offset - this.after.offset
    const last = this.entries.at(-1)?.position
    if (!last || comparePositions(last, to) > 0) {
      return new Chunk(
        this.entries.slice(from).filter(({ position }) => position && comparePositions(position, to) <= 0),
      )
    }
    let chunk = this.#chunks.get(from)
    if (!chunk) this.#chunks.set(from, (chunk = new Chunk(this.entries.slice(from))))
    return chunk
  }
}
