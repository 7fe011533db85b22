import { maxTopics, type Position } from '../../wire/position.ts'
import type { GapReason } from './gap.ts'
import { PositionReader } from './position-reader.ts'

/** A stream, as far as delivery needs to know it. */
export interface Source {
  readonly coverage: Coverage
  /** Whether events can be expected from it: it is open, not suspect, and no standby. */
  readonly isBringing: boolean
  /** Whether its events count where they cannot be compared. */
  readonly isPrimary: boolean
}

/** What one stream covers: of each topic everything after some position. */
export class Coverage {
  readonly reader: PositionReader = new PositionReader()
  /** Where it begins, by topic key. */
  readonly base: Map<string, Position> = new Map()
  /** Topics of which it brought events that were left to another stream. */
  readonly left: Set<string> = new Set()
  /** Its server's log may be older than what was seen: every endpoint has said so. */
  readonly adoptsOlderLog: boolean
  /** Topics that it was asked to go on with. */
  readonly #asked: ReadonlySet<string>
  readonly #named = new Set<string>()
  /** Why events are missing before its base, as far as the server said so. */
  readonly #reasons = new Map<string, GapReason>()

  /** @param accepted - what is there already, from which it goes on */
  constructor(accepted: Iterable<readonly [string, Position]>, adoptsOlderLog: boolean) {
    for (const [key, position] of accepted) this.base.set(key, position)
    this.#asked = new Set(this.base.keys())
    this.adoptsOlderLog = adoptsOlderLog
  }

  names(key: string): boolean {
    return this.#named.has(key)
  }

  /**
   * The stream names a topic.
   *
   * @param start - where it brings the topic from, if that was not known
   * @param reason - it brings it from there only, also if it was known: events before that are missing
   * @returns false when it names more topics than one id can hold, and so one of them was forgotten
   */
  name(key: string, start: Position, reason: GapReason | undefined): boolean {
    if (reason || !this.base.has(key)) this.base.set(key, start)
    if (reason) this.#reasons.set(key, reason)
    this.#named.add(key)
    return this.base.size <= maxTopics || this.#forgetOne(key)
  }

  /**
   * Whether it begins with a topic where its server happened to be, since nothing was known of it when the stream was asked
   * for. One that is asked for now brings what came before.
   */
  beganAnywhere(key: string): boolean {
    return !this.#asked.has(key) && !this.#reasons.has(key)
  }

  /** Why events of a topic are missing before its base. */
  reasonOf(key: string): GapReason {
    return this.#reasons.get(key) ?? 'missed'
  }

  #forgetOne(but: string): boolean {
    const keys = [...this.base.keys()]
    const unnamed = keys.find((key) => !this.#named.has(key))
    const forgotten = unnamed ?? keys.find((key) => key !== but) ?? but
    for (const each of [this.base, this.left, this.#named, this.#reasons]) each.delete(forgotten)
    return unnamed !== undefined
  }
}
