import { setImmediate as nextTurn } from 'node:timers/promises'
import { longestTimer } from '../../src/clock.ts'
import type { Environment } from '../../src/environment.ts'

interface FakeTimer {
  at: number
  callback: () => void
}

/** A world whose clock stands still until it is moved, and whose turns end when the test says so. */
export class FakeEnvironment implements Environment {
  readonly requestScoped: boolean
  #now = 1_000
  #epoch: number
  #seed: number
  #handle = 0
  readonly #timers = new Map<number, FakeTimer>()
  #queue: (() => void)[] = []

  constructor({ requestScoped = false, seed = 1, epoch = 1_700_000_000_000 } = {}) {
    this.requestScoped = requestScoped
    this.#seed = seed
    this.#epoch = epoch
  }

  readonly now = (): number => this.#now
  readonly wallTime = (): number => this.#epoch + this.#now

  /** How many timers are armed. */
  get timers(): number {
    return this.#timers.size
  }

  /** How many callbacks wait for the end of the turn. */
  get queued(): number {
    return this.#queue.length
  }

  setTimer(callback: () => void, delay: number): unknown {
    const wait = Math.min(Math.max(delay, 1), longestTimer)
    this.#timers.set(++this.#handle, { at: this.#now + wait, callback })
    return this.#handle
  }

  clearTimer(handle: unknown): void {
    this.#timers.delete(handle as number)
  }

  afterTurn(callback: () => void): void {
    this.#queue.push(callback)
  }

  // mulberry32
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** End the turn: run what waits for it, but not what that adds. */
  turn(): void {
    const queue = this.#queue
    this.#queue = []
    for (const callback of queue) callback()
  }

  /** End turns until no callback and no promise has anything left to do. */
  async settle(): Promise<void> {
    do {
      this.turn()
      await nextTurn()
    } while (this.#queue.length > 0)
  }

  /** Move the clock, firing each timer at its time and settling after it. */
  async advance(milliseconds: number): Promise<void> {
    await this.settle()
    const until = this.#now + milliseconds
    for (let due = this.#due(until); due !== undefined; due = this.#due(until)) {
      const timer = this.#timers.get(due) as FakeTimer
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
      await this.settle()
    }
    this.#now = until
    await this.settle()
  }

  /** Move the clock without letting anything happen. */
  jump(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** The machine sleeps: its own clock stands still, the one on the wall does not. */
  suspend(milliseconds: number): void {
    this.#epoch += milliseconds
  }

  #due(until: number): number | undefined {
    let earliest: number | undefined
    for (const [handle, { at }] of this.#timers) {
      if (at <= until && (earliest === undefined || at < (this.#timers.get(earliest) as FakeTimer).at))
        earliest = handle
    }
    return earliest
  }
}
