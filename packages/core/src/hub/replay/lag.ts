import { comparePositions, formatPositionId, type Position } from '../../wire/position.ts'
import type { Feed } from '../feed.ts'

/** Where a subscriber is, topic by topic, against where its feed was when it was last looked at. */
export class Lag {
  readonly #feed: Feed
  readonly #positions: Map<string, Position>
  #target: ReadonlyMap<string, Position>
  #joinAt: number

  /** @param startOf - where the subscriber begins in a topic, by its key */
  constructor(feed: Feed, startOf: (key: string) => Position) {
    this.#feed = feed
    this.#target = feed.snapshot()
    this.#joinAt = feed.ring.end
    this.#positions = new Map([...this.#target.keys()].map((key) => [key, startOf(key)]))
  }

  /** The sequence number in the ring from which the feed has everything after where it was looked at. */
  get joinAt(): number {
    return this.#joinAt
  }

  /** Where the subscriber is, as an id. */
  get checkpoint(): string {
    return formatPositionId(undefined, this.#positions)
  }

  get positions(): ReadonlyMap<string, Position> {
    return this.#positions
  }

  /** A topic in which the subscriber is not where the feed was. */
  get key(): string | undefined {
    for (const key of this.#positions.keys()) if (this.order(key) !== 0) return key
    return undefined
  }

  /** Negative when the subscriber is behind the feed in this topic, positive when it is ahead. */
  order(key: string): number {
    return comparePositions(this.positionOf(key), this.targetOf(key))
  }

  positionOf(key: string): Position {
    return this.#positions.get(key) as Position
  }

  targetOf(key: string): Position {
    return this.#target.get(key) as Position
  }

  moveTo(key: string, position: Position): void {
    this.#positions.set(key, position)
  }

  /** Look at the feed once more, once it has come as far as a subscriber that was ahead of it. */
  aimAgain(): void {
    this.#target = this.#feed.snapshot()
    this.#joinAt = this.#feed.ring.end
  }
}
