import { comparePositions, formatPositionId, maxTopics, parsePositionId, type Position } from '../../wire/position.ts'
import type { ResumePoint } from '../resume-point.ts'

/**
 * What was accepted: the highest position of each topic, which only grows, or the last id that is no position.
 *
 * Bounded by what one id can hold: a server that names other topics all the time makes the oldest of them forgotten.
 */
export class Positions {
  readonly #accepted = new Map<string, Position>()
  /** How often something was accepted. */
  version = 0
  #opaqueId = ''
  #start: ResumePoint['start']

  /** Begin after an id of another time. `earliest` and `last` are reserved. */
  begin(id: string): void {
    if (id === 'earliest' || id === 'last') {
      this.#start = id
      return
    }
    for (const [key, position] of parsePositionId(id)?.positions ?? []) this.#accepted.set(key, position)
    this.#opaqueId = id
  }

  /** Whether ids are positions that can be compared, so that streams may overlap. */
  get areComparable(): boolean {
    return this.#accepted.size > 0
  }

  /** Where the next stream is to go on. */
  get resume(): ResumePoint {
    const id = this.id()
    return id === '' && this.#start ? { id, start: this.#start } : { id }
  }

  /** The whole vector as an id. @param advanced - the key that comes first */
  id(advanced?: string): string {
    return this.#accepted.size > 0 ? formatPositionId(advanced, this.#accepted) : this.#opaqueId
  }

  /** The same for an event whose own id has one component, which is all there is in the usual case. */
  idAfter(ownId: string, advanced: string): string {
    return this.#accepted.size === 1 ? ownId : this.id(advanced)
  }

  of(key: string): Position | undefined {
    return this.#accepted.get(key)
  }

  set(key: string, position: Position): void {
    this.version++
    this.#accepted.set(key, position)
  }

  setOpaque(id: string): void {
    this.#opaqueId = id
  }

  /** Accept what comes right after what was accepted. @returns false for all else */
  setNext(key: string, position: Position): boolean {
    const accepted = this.#accepted.get(key)
    if (accepted?.epoch !== position.epoch || accepted.offset + 1 !== position.offset) return false
    this.set(key, position)
    return true
  }

  /** Whether there is more of a topic at `position` than was accepted. Of an unknown topic nothing is missed. */
  isAhead(key: string, position: Position): boolean {
    const accepted = this.#accepted.get(key)
    return accepted !== undefined && comparePositions(position, accepted) > 0
  }

  covers(positions: Iterable<readonly [string, Position]>): boolean {
    for (const [key, position] of positions) if (this.isAhead(key, position)) return false
    return true
  }

  [Symbol.iterator](): Iterator<readonly [string, Position]> {
    return this.#accepted.entries()
  }

  /**
   * Forget a topic where there is one more than fits one id: one that no stream names, or else the one longest known.
   *
   * @returns false when a topic had to be forgotten that a stream still names
   */
  trim(isNamed: (key: string) => boolean): boolean {
    if (this.#accepted.size <= maxTopics) return true
    const keys = [...this.#accepted.keys()]
    const unnamed = keys.find((key) => !isNamed(key))
    this.#accepted.delete(unnamed ?? (keys[0] as string))
    return unnamed !== undefined
  }
}
