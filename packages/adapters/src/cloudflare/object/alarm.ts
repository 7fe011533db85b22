import type { TopicHistory } from './history.ts'

/** What an {@link Alarm} asks its object. */
export interface AlarmParts {
  /** A producer runs. */
  busy(): boolean
  /** Somebody subscribes. */
  used(): boolean
}

// Cloudflare evicts an object that waits for something of its own after 70 to 140 s without an event, and an alarm is one.
const keepAlive = 30_000
// Each alarm is a request and a row written: old events may stay a little longer than they must.
const trimSteps = 10
const leastTrim = 1_000

/** The one alarm of an object: drops old history, gives storage back, and keeps a producer in memory. */
export class Alarm {
  readonly #storage: DurableObjectStorage
  readonly #history: TopicHistory
  readonly #parts: AlarmParts
  /** When it is set for; undefined when that is not known, after a wake-up. */
  #at: number | undefined

  constructor(storage: DurableObjectStorage, history: TopicHistory, parts: AlarmParts) {
    this.#storage = storage
    this.#history = history
    this.#parts = parts
  }

  /** See to it that it fires in time. */
  set(): void {
    const now = Date.now()
    const wanted = this.#wanted(now)
    if (wanted === Infinity || (this.#at ?? Infinity) <= wanted) return
    const known = this.#at
    this.#at = wanted
    void this.#setAt(wanted, known === undefined)
  }

  /** It fired. */
  async fired(): Promise<void> {
    const now = Date.now()
    const history = this.#history
    this.#at = Infinity
    // Empty since the alarm before this one, and that was `forgetAfter` ago.
    const forgettable = history.stored && history.empty && !this.#parts.used() && !this.#parts.busy()
    if (forgettable) await history.forget(now)
    else history.trim(now)
    this.set()
  }

  async #setAt(at: number, look: boolean): Promise<void> {
    // One that was set before the object left memory is early enough, or is set anew when it fires.
    const earlier = look ? await this.#storage.getAlarm() : null
    // A sooner one has been set meanwhile.
    if (this.#at !== at) return
    if (earlier === null || earlier > at) await this.#storage.setAlarm(at)
    else this.#at = earlier
  }

  #wanted(now: number): number {
    const { limits, stored, empty, trimAt } = this.#history
    const keep = this.#parts.busy() ? now + keepAlive : Infinity
    const trim = empty ? Infinity : Math.max(trimAt, now + Math.max(limits.maxAge / trimSteps, leastTrim))
    const forget = stored && empty ? now + limits.forgetAfter : Infinity
    return Math.min(keep, trim, forget)
  }
}
