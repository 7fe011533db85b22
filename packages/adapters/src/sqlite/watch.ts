import { setImmediate } from 'node:timers'
import { unpack } from '../packed.ts'
import type { Subscriptions } from '../subscriptions.ts'
import { firstRow } from '../sql/database.ts'
import { toBrokerError } from './errors.ts'
import type { SqliteFile } from './file.ts'
import type { SignalTable } from './signals.ts'
import type { Topics } from './topics.ts'

interface Place {
  topic: number
  first: number
  total: number
}

/** Between looks at whether another process has written, in milliseconds: a look takes 2–3 µs (Node 26). */
const lookEvery = 20
/** Between checks that the file is still there, in looks. */
const checkEvery = 50
/** Rows told at once; the rest in the next turn. */
const rowsAtOnce = 256
/** Names of topics that are remembered. */
const mostNames = 10_000

/** Notices what is written to the file, by this process or another, while somebody listens. */
export class Watch {
  readonly #file: SqliteFile
  readonly #topics: Topics
  readonly #subscriptions: Subscriptions
  readonly #signals: SignalTable
  readonly #names = new Map<number, string>()
  #timer: ReturnType<typeof setInterval> | undefined
  /** The place of the newest row that was looked at. */
  #seen = 0
  #version: number | undefined
  #looks = 0
  #catchingUp = false
  #failed = false

  constructor(file: SqliteFile, topics: Topics, subscriptions: Subscriptions, signals: SignalTable) {
    this.#file = file
    this.#topics = topics
    this.#subscriptions = subscriptions
    this.#signals = signals
  }

  /** Look while somebody listens, beginning with what is written from now on; otherwise not. */
  update(): void {
    const isNeeded = this.#subscriptions.size > 0 || this.#signals.isHeard
    if (isNeeded && !this.#timer) {
      this.#seen = this.#topics.total
      this.#version = this.#file.pragma('data_version')
      this.#timer = setInterval(() => this.#look(), lookEvery)
    } else if (!isNeeded) this.end()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Tell what is new, that of this process too. */
  catchUp(): void {
    if (!this.#timer || this.#catchingUp) return
    this.#try(() => this.#advance())
  }

  #look(): void {
    this.#try(() => {
      if (++this.#looks % checkEvery === 0) this.#file.checkThere()
      const version = this.#file.pragma('data_version')
      if (version === this.#version) return
      this.#version = version
      if (!this.#catchingUp) this.#advance()
    })
  }

  #advance(): void {
    this.#signals.deliver()
    if (this.#tellNext()) this.#continue()
  }

  #continue(): void {
    this.#catchingUp = true
    setImmediate(() => {
      this.#catchingUp = false
      this.catchUp()
    })
  }

  /** Returns whether there may be more. */
  #tellNext(): boolean {
    if (this.#subscriptions.size === 0) {
      this.#seen = this.#topics.total
      return false
    }
    const dropped = this.#topics.dropped
    if (dropped > this.#seen) {
      this.#seen = dropped
      this.#subscriptions.tellLost(new Error('Events were dropped before this process had seen them'))
    }
    const places = [
      ...this.#file.rows<Place>(
        `SELECT topic, first, total FROM holdfast_log WHERE total > ? ORDER BY total LIMIT ${rowsAtOnce}`,
        this.#seen,
      ),
    ]
    for (const place of places) {
      this.#seen = place.total
      this.#tell(place)
    }
    return places.length === rowsAtOnce
  }

  #tell({ topic: id, first }: Place): void {
    const name = this.#nameOf(id)
    if (name === undefined || !this.#subscriptions.has(name)) return
    const row = firstRow(
      this.#file.rows<{ epoch: number; count: number; events: string }>(
        `SELECT epoch, count, events FROM holdfast_log JOIN holdfast_topics ON id = topic WHERE topic = ? AND first = ?`,
        id,
        first,
      ),
    )
    if (row) this.#subscriptions.tell(name, unpack(row.epoch, { first, count: row.count, text: row.events }))
    else this.#subscriptions.tellLost(new Error('An event was dropped before it could be told'), name)
  }

  #nameOf(id: number): string | undefined {
    let name = this.#names.get(id)
    if (name !== undefined) return name
    name = this.#topics.nameOf(id)
    if (this.#names.size >= mostNames) this.#names.clear()
    if (name !== undefined) this.#names.set(id, name)
    return name
  }

  // What went wrong is tried again with the next look, and nothing is missed by then. Those who listen are told once, so
  // that they know why they hear nothing.
  #try(action: () => void): void {
    try {
      action()
      this.#failed = false
    } catch (error) {
      this.#version = undefined
      if (this.#failed) return
      this.#failed = true
      this.#subscriptions.tellLost(toBrokerError(`Cannot read from "${this.#file.path}"`, error))
    }
  }
}
