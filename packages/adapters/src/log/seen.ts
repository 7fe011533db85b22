import type { Position } from '@holdfast/core/hub'
import { LatestMap } from '../latest-map.ts'
import { isAfter, nowhere } from './position.ts'

/** Topics remembered, at least; the ones not heard of for longest go first. */
const leastTopics = 10_000

/**
 * What the engine has told this broker about each topic. An engine that knows less than that has lost events: those of a
 * replica that took over too early, or of a backup. It must begin a new epoch, or their positions would be given twice.
 */
export class SeenPositions {
  readonly #positions = new LatestMap<string, Position>(leastTopics)
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
    this.#positions.set(topic, isAfter(known, position) ? known : position)
  }
}
