import { maxTopics, type Position } from '../../wire/position.ts'
import type { ConnectionGap } from '../types.ts'
import { PositionReader } from './position-reader.ts'

/** A stream, as far as delivery needs to know it. */
export interface Source {
  readonly coverage: Coverage
  /** Whether events can be expected from it: it is open, and not suspect. */
  readonly isBringing: boolean
  /** Whether its events count where they cannot be compared. */
  readonly isPrimary: boolean
}

/** What one stream covers: of each topic everything after some position. */
export class Coverage {
  readonly reader: PositionReader = new PositionReader()
  /** Where it begins, by topic key. */
  readonly base: Map<string, Position> = new Map()
  /** The topic of which it brought everything up to what was accepted last, so that the next event of it follows on that. */
  following: string | undefined
  /** Topics of which it brought events that were left to another stream. */
  readonly left: Set<string> = new Set()
  /** Why events are missing before its base. */
  gapReason: ConnectionGap['reason'] = 'missed'
  /** Its server's log may be older than what was seen: every endpoint has said so. */
  readonly adoptsOlderLog: boolean
  readonly #named = new Set<string>()

  /** @param accepted - what is there already, from which it goes on */
  constructor(accepted: Iterable<readonly [string, Position]>, adoptsOlderLog: boolean) {
    for (const [key, position] of accepted) this.base.set(key, position)
    this.adoptsOlderLog = adoptsOlderLog
  }

  names(key: string): boolean {
    return this.#named.has(key)
  }

  /**
   * The stream names a topic.
   *
   * @param start - where it brings the topic from, if that was not known
   * @param anew - also if it was
   * @returns false when it names more topics than one id can hold, and so one of them was forgotten
   */
  name(key: string, start: Position, anew: boolean): boolean {
    if (anew || !this.base.has(key)) this.coverFrom(key, start)
    this.#named.add(key)
    return this.base.size <= maxTopics || this.#forgetOne(key)
  }

  /** Cover a topic from another position on. */
  coverFrom(key: string, start: Position): void {
    this.base.set(key, start)
    this.following = undefined
  }

  #forgetOne(but: string): boolean {
    const keys = [...this.base.keys()]
    this.following = undefined
    const unnamed = keys.find((key) => !this.#named.has(key))
    const forgotten = unnamed ?? keys.find((key) => key !== but) ?? but
    for (const each of [this.base, this.left, this.#named]) each.delete(forgotten)
    return unnamed !== undefined
  }
}
