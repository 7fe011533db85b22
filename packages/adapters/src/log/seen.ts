import type { Position } from '@holdfast/core/hub'
import { isAfter, nowhere } from './position.ts'

/** Topics remembered; the ones not heard of for longest go first. */
const maxTopics = 10_000

/**
 * What the engine has told this broker about each topic. An engine that knows less than that has lost events: those of a
 * replica that took over too early, or of a backup. It must begin a new epoch, or their positions would be given twice.
 */
export class SeenPositions {
  readonly #positions = new Map<string, Position>()
  #epoch = 0

  /** An epoch later than all that were seen. */
  get nextEpoch(): number {
    return this.#epoch + 1
  }

  of(topic: string): Position {
    return this.#positions.get(topic) ?? nowhere
  }

  add(topic: string, position: Position): void {
    this.#epoch = Math.max(this.#epoch, position.epoch)
    const known = this.of(topic)
    this.#positions.delete(topic)
    this.#positions.set(topic, isAfter(known, position) ? known : position)
    if (this.#positions.size <= maxTopics) return
    for (const oldest of this.#positions.keys()) {
      this.#positions.delete(oldest)
      return
    }
  }
}
