import { typeOf } from '../../../src/hub/entries.ts'
import type { HubEvent } from '../../../src/hub/types.ts'
import type { Gap } from '../../../src/hub/replay/gap.ts'
import { comparePositions, parsePositionId, type Position, topicKey } from '../../../src/wire/position.ts'
import type { Recorded, Truth } from './engine.ts'

/** A promise of the hub was broken. */
export class Violation extends Error {}

export type Visible = (data: string) => boolean

/** Where a client that has no position for a topic begins; `whole` with all of what a run makes or what has ended. */
export type Beginning = 'now' | 'earliest' | 'whole'

/** Counts of what all clients of a run saw. */
export interface Tally {
  events: number
  gaps: number
}

/** What one client has, topic by topic, compared with what was stored: nothing missing, nothing twice, nothing untold. */
export class Ledger {
  readonly #engine: Truth
  readonly #keys: ReadonlyMap<string, string>
  readonly #visible: Visible
  readonly #tally: Tally
  readonly #at = new Map<string, Position>()
  #beginning: Beginning = 'now'
  /** The heads when the hub had answered: "now" was not later. */
  #limit: ReadonlyMap<string, Position> | undefined
  #unknownId: string | undefined
  /** Topics for which the client brought a position that never was. */
  readonly #foreign = new Set<string>()

  constructor(engine: Truth, topics: readonly string[], visible: Visible, tally: Tally) {
    this.#engine = engine
    this.#keys = new Map(topics.map((topic) => [topicKey(topic), topic]))
    this.#visible = visible
    this.#tally = tally
  }

  /** A connection begins with an id of the client's, or without one. */
  begin(id: string, beginning: Beginning): void {
    this.#beginning = beginning
    this.#limit = undefined
    this.#unknownId = undefined
    this.#at.clear()
    this.#foreign.clear()
    const positions = parsePositionId(id)?.positions
    if (id !== '' && !positions) this.#unknownId = id
    for (const [key, topic] of this.#keys) {
      const position = positions?.get(key)
      if (position) this.#at.set(topic, position)
      if (position && !this.#existed(topic, position)) this.#foreign.add(topic)
    }
  }

  /** The hub has answered. */
  answered(): void {
    this.#limit = new Map([...this.#keys.values()].map((topic) => [topic, this.#engine.head(topic)]))
  }

  /** The opening had no checkpoint: all that is kept of some topics comes. */
  opened(checkpoint: boolean): void {
    if (!checkpoint && this.#unknownId === undefined && this.#beginning === 'now') this.#beginning = 'whole'
  }

  /** An id without an event. */
  checkpoint(id: string): void {
    if (this.#unknownId !== undefined)
      throw new Violation(`Checkpoint ${id} before the gap that an unknown id must get`)
    for (const [topic, position] of this.#vector(id)) this.#advance(topic, position, `checkpoint ${id}`)
  }

  event({ event, data, id }: Pick<HubEvent, 'event' | 'data' | 'id'>): void {
    const gap = event === 'gap'
    if (gap) return this.#gap(JSON.parse(data) as Gap, id)
    this.#tally.events++
    if (this.#unknownId !== undefined) throw new Violation(`Event ${id} before the gap that an unknown id must get`)
    const vector = this.#vector(id)
    const topic = this.#keys.get(parsePositionId(id)?.advanced ?? '') as string
    const position = vector.get(topic) as Position
    const record = this.#engine.records(topic).find((each) => comparePositions(each.position, position) === 0)
    if (!record || record.mark || record.data !== data || (typeOf(record) ?? 'message') !== event) {
      throw new Violation(
        `Event ${id} of ${topic} is not what was stored: ${event} ${data.slice(0, 20)}, but ${show(record)}`,
      )
    }
    if (!this.#visible(data)) throw new Violation(`Event ${id} should have been filtered out`)
    const at = this.#at.get(topic)
    if (at && comparePositions(position, at) <= 0)
      throw new Violation(`Event ${id} of ${topic} again, or out of order: already at ${place(at)}`)
    this.#advance(topic, { ...position, offset: position.offset - 1 }, `event ${id} of ${topic}`)
    this.#at.set(topic, position)
    for (const [other, itsPosition] of vector) this.#advance(other, itsPosition, `event ${id} of ${topic}`)
  }

  /** Why the client does not have everything, or undefined. */
  missing(): string | undefined {
    for (const topic of this.#keys.values()) {
      const head = this.#engine.head(topic)
      const at = this.#at.get(topic)
      if (at && at.epoch !== head.epoch) return `${topic} is still at ${place(at)}, in an epoch before ${place(head)}`
      const from = at ?? (this.#beginning === 'earliest' ? { epoch: 0, offset: 0 } : head)
      const missed = this.#seen(topic, from, head).find(({ position }) => at || this.#engine.isKept(topic, position))
      if (missed) return `${topic} is at ${at && place(at)}, and ${show(missed)} is missing of ${place(head)}`
    }
    return undefined
  }

  // The position moves without an event: nothing that the client should see may lie between.
  #advance(topic: string, position: Position, why: string): void {
    const at = this.#at.get(topic)
    if (!at) this.#checkStart(topic, position, why)
    else {
      if (at.epoch !== position.epoch)
        throw new Violation(`${why}: ${topic} goes from ${place(at)} to ${place(position)} without a gap`)
      if (position.offset < at.offset)
        throw new Violation(`${why}: ${topic} goes back from ${place(at)} to ${place(position)}`)
      const [skipped] = this.#seen(topic, at, position)
      if (skipped)
        throw new Violation(`${why}: ${topic} goes from ${place(at)} to ${place(position)} and skips ${show(skipped)}`)
    }
    this.#at.set(topic, position)
  }

  #checkStart(topic: string, position: Position, why: string): void {
    // In-process nothing tells when "now" was.
    const limit = this.#limit?.get(topic)
    // A topic that nothing is kept of may be forgotten meanwhile, and then begins anew.
    const isNow = !limit || this.#seen(topic, limit, position).length === 0
    if (this.#beginning !== 'earliest' && isNow) return
    if (this.#beginning === 'now' && limit) {
      throw new Violation(`${why}: ${topic} begins at ${place(position)}, when the hub answered at ${place(limit)}`)
    }
    const skipped = this.#seen(topic, { epoch: 0, offset: 0 }, position).find((record) =>
      this.#engine.isKept(topic, record.position),
    )
    if (skipped) throw new Violation(`${why}: the earliest of ${topic} would be ${show(skipped)}`)
  }

  #gap({ reason, topics, from, to }: Gap, id: string): void {
    this.#tally.gaps++
    if (id !== to) throw new Violation(`Gap to ${to} has id ${id}`)
    const vector = this.#vector(to)
    if (reason === 'unknown-id') {
      if (from !== this.#unknownId)
        throw new Violation(`Gap from unknown id ${from}, but the client's was ${this.#unknownId}`)
      this.#unknownId = undefined
      for (const [topic, position] of vector) this.#advance(topic, position, `gap ${to}`)
      return
    }
    const [topic] = topics
    if (topics.length !== 1 || topic === undefined || this.#keys.get(parsePositionId(id)?.advanced ?? '') !== topic) {
      throw new Violation(`Gap at ${id} names topics ${topics.join()}`)
    }
    for (const [each, position] of this.#vector(from)) this.#advance(each, position, `gap from ${from} to ${to}`)
    this.#checkGap(topic, reason, vector.get(topic) as Position)
    this.#at.set(topic, vector.get(topic) as Position)
    for (const [each, position] of vector) this.#advance(each, position, `gap from ${from} to ${to}`)
  }

  #checkGap(topic: string, reason: Gap['reason'], to: Position): void {
    const at = this.#at.get(topic) as Position
    const foreign = this.#foreign.delete(topic)
    const what = `Gap ${reason} of ${topic} from ${place(at)} to ${place(to)}`
    if (!foreign && !this.#existed(topic, at)) throw new Violation(`${what} begins where nothing ever was`)
    if (comparePositions(to, at) <= 0 && !foreign) throw new Violation(`${what} goes nowhere`)
    const spanned = between(this.#engine, topic, foreign ? { epoch: to.epoch, offset: 0 } : at, to)
    const kept = spanned.find(({ position }) => this.#engine.isKept(topic, position))
    if (kept) throw new Violation(`${what} spans ${show(kept)}, which is still there`)
    if (reason === 'trimmed' && (at.epoch !== to.epoch || spanned.length === 0))
      throw new Violation(`${what} is false: nothing was lost`)
    if (reason === 'new-epoch' && at.epoch === to.epoch && !foreign)
      throw new Violation(`${what} is false: the epoch is the same`)
  }

  #existed(topic: string, { epoch, offset }: Position): boolean {
    const head = this.#engine.head(topic)
    return (epoch === head.epoch && offset <= head.offset) || this.#engine.wasEpoch(topic, epoch)
  }

  #vector(id: string): Map<string, Position> {
    const positions = parsePositionId(id)?.positions
    const keys = positions && [...positions.keys()].sort().join()
    if (keys !== [...this.#keys.keys()].sort().join())
      throw new Violation(`Id ${id} is not the whole vector of ${[...this.#keys].join(' ')}`)
    return new Map(
      [...(positions as ReadonlyMap<string, Position>)].map(([key, position]) => [
        this.#keys.get(key) as string,
        position,
      ]),
    )
  }

  #seen(topic: string, after: Position, upTo: Position): Recorded[] {
    return between(this.#engine, topic, after, upTo).filter(({ mark, data }) => !mark && this.#visible(data))
  }
}

function place({ epoch, offset }: Position): string {
  return `${epoch % 10_000_000}/${offset}`
}

function show(record: Recorded | undefined): string {
  return record ? `${place(record.position)} ${record.event ?? ''} ${record.data.slice(0, 20)}` : 'nothing'
}

/** The events between two positions, the first excluded. */
function between(truth: Truth, topic: string, after: Position, upTo: Position): Recorded[] {
  return truth
    .records(topic)
    .filter(({ position }) => comparePositions(position, after) > 0 && comparePositions(position, upTo) <= 0)
}
