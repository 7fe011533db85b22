import type { Tick } from '@holdfast/demo/config'
import { Recovery } from './recovery.ts'

/** A tick that arrived, for the strip. */
export interface Arrival {
  /** When it was published, by the page's clock. */
  time: number
  /** How long it was on its way, in milliseconds. */
  delay: number
}

/** How long arrivals are kept. */
const kept = 30_000
/** Numbers that are remembered as missing. What is more is lost for good. */
const mostMissing = 5_000
/** Ticks of which a second one would be noticed. */
const remembered = 5_000

/** Counts what one client got of the ticker, by the numbers of the ticks alone: it knows nothing of connections. */
export class Tally {
  readonly recovery = new Recovery()
  readonly arrivals: Arrival[] = []
  received = 0
  repeated = 0
  longestSilence = 0
  readonly #missing = new Set<number>()
  #lostForGood = 0
  #run = ''
  #newest = 0
  #newestTime = -Infinity
  readonly #from: number
  readonly #ownRun: string | undefined
  #lastAt: number | undefined
  /** The least difference seen between arrival and publication: what the two clocks differ by, and the way itself. */
  #leastDelay = Infinity

  /**
   * @param now - ticks that were published before are history, and not counted
   * @param ownRun - the only run that counts; default whichever runs
   */
  constructor(now: number, ownRun?: string) {
    this.#from = now
    this.#ownRun = ownRun
  }

  get lost(): number {
    return this.#missing.size + this.#lostForGood
  }

  /** Since when nothing has arrived, in milliseconds; undefined before the first. */
  silence(now: number): number | undefined {
    return this.#lastAt === undefined ? undefined : now - this.#lastAt
  }

  arrived({ run, n, time }: Tick, now: number): void {
    if (time < this.#from || (this.#ownRun !== undefined && run !== this.#ownRun)) return
    this.#noteSilence(now)
    this.#lastAt = now
    if (run !== this.#run) this.#begin(run, n)
    if (!this.#isNew(n)) {
      this.repeated++
      return
    }
    this.received++
    this.#note(time, now)
  }

  /** To be called several times a second. */
  look(now: number): void {
    this.#noteSilence(now)
    if (this.received > 0) this.recovery.look(now, now - this.#newestTime - this.#leastDelay)
    while ((this.arrivals[0]?.time ?? now) < now - kept - 5_000) this.arrivals.shift()
  }

  #begin(run: string, n: number): void {
    this.#run = run
    this.#newest = n - 1
    this.#lostForGood += this.#missing.size
    this.#missing.clear()
  }

  #isNew(n: number): boolean {
    if (n <= this.#newest) return this.#missing.delete(n)
    const first = Math.max(this.#newest + 1, n - remembered)
    this.#lostForGood += first - this.#newest - 1
    for (let missing = first; missing < n; missing++) this.#missing.add(missing)
    this.#newest = n
    for (const oldest of this.#missing) {
      if (this.#missing.size <= mostMissing) break
      this.#missing.delete(oldest)
      this.#lostForGood++
    }
    return true
  }

  #note(time: number, now: number): void {
    this.#leastDelay = Math.min(this.#leastDelay, now - time)
    const delay = now - time - this.#leastDelay
    this.#newestTime = Math.max(this.#newestTime, time)
    this.arrivals.push({ time: time + this.#leastDelay, delay })
    this.recovery.arrived(now, delay)
  }

  #noteSilence(now: number): void {
    this.longestSilence = Math.max(this.longestSilence, this.silence(now) ?? 0)
  }
}
