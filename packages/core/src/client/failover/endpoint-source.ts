import { type Clock, Timer } from '../../clock.ts'
import { reportException } from '../../report.ts'
import { askAgainAfter, askPause, firstBackoff, longestBackoff } from '../constants.ts'
import type { ConnectionErrorCode } from '../errors.ts'
import type { Endpoints, EndpointsFunction } from '../types.ts'
import { pause } from '../pause.ts'
import type { EndpointPool } from './endpoints.ts'

/** Keeps a pool up to date with what the application's function says: fleets change. A list is what it is. */
export class EndpointSource {
  #ask: EndpointsFunction | undefined
  readonly #pool: EndpointPool
  readonly #clock: Clock
  readonly #again: Timer
  readonly #onChange: () => void
  #asking: Promise<void> | undefined
  #askedAt = -Infinity

  /**
   * @param onChange - there are endpoints that nobody has tried
   * @throws {TypeError} an endpoint of a list is not a URL, or there is none
   */
  constructor(endpoints: Endpoints | EndpointsFunction, pool: EndpointPool, clock: Clock, onChange: () => void) {
    this.#pool = pool
    this.#clock = clock
    this.#onChange = onChange
    this.#again = new Timer(clock, () => this.#lacked())
    this.#ask = typeof endpoints === 'function' ? endpoints : undefined
    if (typeof endpoints !== 'function') pool.use(endpoints)
  }

  /** Whether there may be other endpoints, where those that there are come to this. */
  mayHelp(code: ConnectionErrorCode): boolean {
    const isOfEndpoints = code === 'no-event-stream' || code === 'bad-request' || code === 'invalid-endpoint'
    return this.#ask !== undefined && isOfEndpoints
  }

  /** Until a function that throws has said something, it is asked again and again: as a server would be. */
  async begin(signal: AbortSignal, onWait: (delay: number) => void): Promise<void> {
    for (let step = firstBackoff; this.#ask && !signal.aborted; step = Math.min(2 * step, longestBackoff)) {
      const endpoints = await this.#answer()
      if (endpoints !== undefined) {
        this.#pool.use(endpoints)
        return this.hasGood(false)
      }
      const delay = step * (0.5 + this.#clock.random() / 2)
      onWait(delay)
      await pause(delay, this.#clock, signal)
    }
  }

  /** Whether there is a good stream. */
  hasGood(isGood: boolean): void {
    if (isGood) this.#again.clear()
    else if (this.#ask && !this.#again.isSet) this.#again.set(askAgainAfter)
  }

  /** Ask once more, if there is somebody to ask. Never rejects. */
  renew(): Promise<void> {
    const isTooSoon = this.#clock.now() - this.#askedAt < askPause
    if (!this.#ask || isTooSoon) return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#renew().finally(() => (this.#asking = undefined)))
  }

  /** Nobody is asked any more. */
  stop(): void {
    this.#ask = undefined
    this.#again.clear()
  }

  #lacked(): void {
    this.#again.set(askAgainAfter)
    void this.renew()
  }

  async #renew(): Promise<void> {
    const before = new Set(this.#pool.all)
    const endpoints = await this.#answer()
    try {
      if (endpoints !== undefined) this.#pool.use(endpoints)
    } catch (error) {
      reportException(error)
    }
    if (this.#pool.all.some((each) => !before.has(each))) this.#onChange()
  }

  // What it throws is reported, and the endpoints stay.
  async #answer(): Promise<Endpoints | undefined> {
    this.#askedAt = this.#clock.now()
    try {
      return await this.#ask?.()
    } catch (error) {
      reportException(error)
      return undefined
    }
  }
}
