import type { Place } from '../../fanout/place.ts'
import { comparePositions, type Position, type WrittenPosition, writePosition } from '../../wire/position.ts'
import type { TopicSubscription } from '../topic-subscription.ts'

/** One topic of a replay: where the subscriber is, against where the topic's ring was when it was last looked at. */
export class Leg {
  readonly place: Place
  readonly topic: string
  readonly key: string
  readonly subscription: TopicSubscription
  #target: WrittenPosition

  constructor(place: Place, subscription: TopicSubscription) {
    this.place = place
    this.topic = subscription.topic
    this.key = subscription.key
    this.subscription = subscription
    this.#target = subscription.position
    place.skipToEnd()
  }

  /** Where the subscriber is, by what it has taken. */
  get position(): WrittenPosition {
    return this.place.position as WrittenPosition
  }

  /** After this position the ring has everything. */
  get target(): WrittenPosition {
    return this.#target
  }

  /** Negative when the subscriber is behind where the ring goes on, positive when it is ahead. */
  get order(): number {
    return comparePositions(this.position, this.#target)
  }

  /** Whether the topic has come to a position. */
  hasReached(position: Position): boolean {
    return comparePositions(this.subscription.position, position) >= 0
  }

  /** Lead to where the ring ends now. */
  aimAgain(): void {
    this.#target = this.subscription.position
    this.place.skipToEnd()
  }

  write(position: Position): WrittenPosition {
    return writePosition(this.key, position)
  }
}
