import type { Environment } from '../environment.ts'

/** Something that wants to be looked at when its time has come. */
export interface Deadline {
  /** The wheel's own: in which of its slots it is. */
  slot?: number | undefined
  /**
   * Act on what is due. Returns when to look again (monotonic milliseconds), or Infinity for never.
   *
   * @param judgeFrom - before that, nobody is to be judged by his silence: what he said may wait in a socket
   */
  expire(now: number, judgeFrom: number): number
}

const resolution = 50

// A timer that is so late stood still together with its process: a machine that slept, a container that was frozen, a loop
// that was blocked. What clients have said meanwhile waits in their sockets.
const stoodStill = 1_000
// To read it: 200 acknowledgements took a busy machine more than half a second. No longer than it stood still.
const longestReading = 5_000

/**
 * One coarse timer for all streams of a process.
 *
 * A deadline is never moved while its stream is busy: it fires, looks at what happened since, and names its next time.
 * So a write costs no timer operation at all. Times are rounded up to 50 ms, so that many streams share one wake-up. Where
 * the process itself has stood still, nobody is judged before what waits in the sockets could be read.
 */
export class DeadlineWheel {
  readonly #environment: Environment
  readonly #slots = new Map<number, Set<Deadline>>()
  #size = 0
  #timer: unknown
  #wakeSlot = Infinity
  #dueAt = 0
  #judgeFrom = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** How many deadlines are armed. */
  get size(): number {
    return this.#size
  }

  /** Look at `deadline` at `at`, or never for Infinity. Replaces the time it had. */
  set(deadline: Deadline, at: number): void {
    this.#take(deadline)
    // NaN too: a time that is none must not hold up the others.
    if (!(at < Infinity)) return this.#disarmWhenEmpty()
    const slot = Math.ceil(at / resolution)
    let members = this.#slots.get(slot)
    if (!members) this.#slots.set(slot, (members = new Set()))
    members.add(deadline)
    deadline.slot = slot
    this.#size++
    if (slot < this.#wakeSlot) this.#arm(slot)
  }

  remove(deadline: Deadline): void {
    this.#take(deadline)
    this.#disarmWhenEmpty()
  }

  #take(deadline: Deadline): void {
    const { slot } = deadline
    if (slot === undefined) return
    deadline.slot = undefined
    this.#size--
    const members = this.#slots.get(slot)
    members?.delete(deadline)
    if (members?.size === 0) this.#slots.delete(slot)
  }

  #arm(slot: number): void {
    this.#disarm()
    this.#wakeSlot = slot
    const now = this.#environment.now()
    const delay = Math.max(Math.ceil(slot * resolution - now), 1)
    this.#dueAt = now + delay
    this.#timer = this.#environment.setTimer(() => this.#fire(), delay)
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#environment.clearTimer(this.#timer)
    this.#timer = undefined
    this.#wakeSlot = Infinity
  }

  #disarmWhenEmpty(): void {
    if (this.#size === 0) this.#disarm()
  }

  #fire(): void {
    const now = this.#environment.now()
    this.#disarm()
    this.#wakeSlot = -Infinity // armed once at the end, not for each deadline on the way
    const late = now - this.#dueAt
    if (late > stoodStill) this.#judgeFrom = now + Math.min(late, longestReading)
    const due = [...this.#slots.keys()].filter((slot) => slot * resolution <= now)
    for (const slot of due) {
      for (const deadline of this.#slots.get(slot) ?? []) {
        // At least one slot ahead, or this loop would meet the deadline again.
        this.set(deadline, Math.max(deadline.expire(now, this.#judgeFrom), now + resolution))
      }
    }
    this.#wakeSlot = Infinity
    // Not spread: a call takes some 100,000 arguments at most.
    let earliest = Infinity
    for (const slot of this.#slots.keys()) earliest = Math.min(earliest, slot)
    if (earliest < Infinity) this.#arm(earliest)
  }
}
