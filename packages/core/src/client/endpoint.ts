import type { LossReason } from './status.ts'
import type { Clock } from './timer.ts'

const failureHalfLife = 60_000
const refusedFor = 300_000

/** What is known of one URL. Its identity is the URL as it was given, whatever it redirects to. */
export class EndpointState {
  readonly url: string
  readonly #priority: number
  readonly #clock: Clock
  #timeToHead: number | undefined
  #failures = 0
  #failuresAt = 0
  #inARow = 0
  #opened = 0
  #breakerUntil = 0
  #barredUntil = 0
  /** When it failed last, or -Infinity. */
  failedAt: number = -Infinity
  drainsUntil = 0
  load = 0
  /** The smallest difference seen between this clock and the server's: the baseline of how late a stream is. */
  lateness: number = Infinity
  /** Why it has no stream for us, while it is barred for that. */
  refusal: LossReason | undefined

  constructor(url: string, priority: number, clock: Clock) {
    this.url = url
    this.#priority = priority
    this.#clock = clock
  }

  get host(): string {
    return new URL(this.url).host
  }

  /** Until when it must not be asked. */
  get barredUntil(): number {
    return this.#barredUntil
  }

  /** Until when it had better not be asked. */
  get avoidUntil(): number {
    return Math.max(this.#barredUntil, this.#breakerUntil, this.drainsUntil)
  }

  /** A typical time to the head of an answer: peak-sensitive, 300 ms before anything is known. */
  get timeToHead(): number {
    return this.#timeToHead ?? 300
  }

  /** What connecting here costs, in milliseconds. */
  get cost(): number {
    const { load } = this
    const waiting = load < 1 ? Math.min((100 * load) / (1 - load), 5_000) : 5_000
    const failures = this.#failures * 2 ** ((this.#failuresAt - this.#clock.now()) / failureHalfLife)
    return 50 + this.timeToHead + 1_000 * failures + waiting + this.#priority
  }

  answered(milliseconds: number): void {
    const known = this.#timeToHead ?? milliseconds
    this.#timeToHead = known + (milliseconds - known) * (milliseconds > known ? 0.5 : 0.2)
    this.refusal = undefined
  }

  /** It kept a stream for a good while. */
  held(): void {
    this.#inARow = this.#opened = 0
  }

  failed(): void {
    const now = this.#clock.now()
    this.#failures = 1 + this.#failures * 2 ** ((this.#failuresAt - now) / failureHalfLife)
    this.#failuresAt = this.failedAt = now
    if (++this.#inARow < 3) return
    this.#breakerUntil = now + (0.5 + this.#clock.random() / 2) * Math.min(60_000, 2_000 * 2 ** this.#opened++)
  }

  /** It must not be asked again for a while, as it said itself. Spread, so that not all who were told so come at once. */
  bar(milliseconds: number): void {
    const wait = Math.min(milliseconds * (1 + this.#clock.random() / 4), 600_000)
    this.#barredUntil = Math.max(this.#barredUntil, this.#clock.now() + wait)
  }

  /** It has no stream for us: it will be asked again in 5 minutes. */
  refuse(reason: LossReason): void {
    this.refusal = reason
    this.#barredUntil = this.#clock.now() + refusedFor
  }

  /** Forget whatever speaks against asking it. */
  forgive(): void {
    this.#breakerUntil = this.#barredUntil = 0
  }
}
