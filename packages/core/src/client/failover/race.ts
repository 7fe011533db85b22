import { type Clock, Timer } from '../../clock.ts'
import { firstBackoff, firstJitter, longestBackoff, raceWidth, shortestBackoff, stagger } from '../constants.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What a race needs of who wants a stream. */
export interface RaceHost {
  readonly streams: Streams
  /** Whether the request must not be made a second time. */
  readonly isOnce: boolean
  attempt(endpoint: EndpointState): void
  /** All endpoints were tried. */
  onSwept(): void
  /** The next attempt is made in so many milliseconds, and none is under way. */
  onWait(delay: number): void
}

/** Why a stream is needed. */
export interface Need {
  /** Where one was lost just now. */
  lost?: EndpointState | undefined
  /** An endpoint that is known to be well. */
  warm?: EndpointState | undefined
  /** Whether the stream before was too young to stand for a working server, or there was none. */
  isYoung: boolean
  /** Whether it brought anything new. */
  wasUseful: boolean
}

/** Gets one stream: at most two attempts at a time, one sweep over the endpoints, then one attempt per step of the back-off. */
export class Race {
  readonly #clock: Clock
  readonly #host: RaceHost
  readonly #base: number
  readonly #endpoints: EndpointPool
  /** Where it was tried since the race began, the latest last: each in its turn, also from one step of the back-off to the next. */
  readonly #tried = new Set<EndpointState>()
  /** Endpoints that said there are too many requests. After a second one, all attempts take the steps of the back-off. */
  readonly #busy = new Set<EndpointState>()
  readonly #timer: Timer
  /** The attempts that hang, beside which one more was made already. */
  readonly #helped = new Set<Stream>()
  #exponent = 0
  #isRunning = false
  /** Whether one was tried a second time: those to avoid come before a third. */
  #hasRepeated = false
  /** For a time to come, rather than for an attempt to have its time alone. */
  #isWaiting = false

  constructor(endpoints: EndpointPool, backoff: number | undefined, host: RaceHost, clock: Clock) {
    this.#endpoints = endpoints
    this.#base = Math.max(backoff ?? firstBackoff, shortestBackoff)
    this.#host = host
    this.#clock = clock
    this.#timer = new Timer(clock, () => (this.#isWaiting ? this.#step() : this.#help()))
  }

  /** There is no stream to rely on: get one, unless that is under way. */
  need({ lost, warm, isYoung, wasUseful }: Need): void {
    if (this.#isRunning) return
    this.#isRunning = true
    if (lost) this.#tried.add(lost)
    // Standbys of clients that lost one server are at different ones already, known to be well.
    let delay = warm ? 0 : this.#clock.random() * firstJitter
    if (wasUseful) this.#endpoints.wereUseful()
    if (isYoung) {
      if (wasUseful) this.#exponent = Math.min(this.#exponent, 1)
      // The first attempt is free only if the stream stood for a good while, or where there is no need to guess.
      if (!this.#endpoints.attempts?.spend() && !warm) delay = this.#backoff()
    } else this.#exponent = 0
    if (delay > 0) this.#wait(delay)
    else this.#step(warm)
  }

  /** One attempt more, in parallel or after a failure. */
  more(): void {
    if (!this.#isRunning || this.#isWaiting || this.#host.isOnce) return
    if (this.#attempts >= raceWidth) return
    if (this.#busy.size < 2 && this.#endpoints.attempts?.spend()) return this.#step()
    this.#host.onSwept()
    this.#wait(this.#hasTriedAll ? this.#backoff() : this.#clock.random() * this.#base)
  }

  // A failure is counted against the budget, since it brings the next attempt; one that hangs brings no other by itself.
  #help(): void {
    const [hanging] = this.#host.streams.racing
    const isAlone = this.#attempts === 1 && this.#endpoints.all.length > 1
    if (!hanging || !isAlone || this.#helped.has(hanging) || this.#busy.size > 1 || this.#host.isOnce)
      return this.more()
    this.#helped.add(hanging)
    this.#endpoints.attempts?.spend()
    this.#step()
  }

  /** An endpoint said that there are too many requests. */
  tooMany(endpoint: EndpointState): void {
    this.#busy.add(endpoint)
  }

  /** Forget why it is waited, and wait no more. @param within - see {@link stopWaiting} */
  hurry(within: number): void {
    this.#exponent = 0
    this.#busy.clear()
    this.#endpoints.forgive()
    this.stopWaiting(within)
  }

  /** Make the next attempt within so many milliseconds: at once, or at random where others are told the same. */
  stopWaiting(within: number): void {
    if (this.#isWaiting) this.#wait(this.#clock.random() * within)
  }

  /** It is won, or not needed any more. */
  stop(): void {
    this.#isRunning = this.#isWaiting = false
    this.#timer.clear()
    this.#hasRepeated = false
    this.#tried.clear()
    this.#busy.clear()
    this.#helped.clear()
    for (const stream of this.#host.streams.racing) stream.close()
  }

  /** How many attempts are under way. */
  get #attempts(): number {
    return this.#host.streams.racing.length
  }

  #step(warm?: EndpointState): void {
    // A server may be well, and have no room for one more stream.
    const endpoint = warm && this.#endpoints.mayBeAsked(warm) ? warm : this.#choose()
    this.#isWaiting = false
    this.#timer.clear()
    if (!endpoint) return
    const barred = endpoint.barredUntil - this.#clock.now()
    if (barred > 0) return this.#wait(barred)
    this.#hasRepeated ||= this.#tried.has(endpoint)
    // The latest comes last.
    this.#tried.delete(endpoint)
    this.#tried.add(endpoint)
    this.#timer.set(Math.max(stagger, 1.5 * this.#endpoints.bestHead))
    this.#host.attempt(endpoint)
  }

  /** Only then waiting longer is all that is left. */
  get #hasTriedAll(): boolean {
    return this.#endpoints.all.every((each) => this.#tried.has(each))
  }

  #choose(): EndpointState | undefined {
    const endpoints = this.#endpoints
    const isFree = (each: EndpointState): boolean => endpoints.mayBeAsked(each) && !this.#host.streams.occupies(each)
    // Once all that were not to be avoided have failed, trying them again and again would find nothing.
    const free = endpoints.pick(isFree, this.#tried, this.#exponent > 0 || this.#hasRepeated)
    // Waiting for one that must not be asked is for when there is nothing else at all.
    return free ?? (this.#attempts > 0 ? undefined : endpoints.pick(() => true))
  }

  #wait(delay: number): void {
    if (delay === 0) return this.#step()
    this.#isWaiting = true
    this.#timer.set(delay)
    if (this.#attempts === 0) this.#host.onWait(delay)
  }

  #backoff(): number {
    const longest = Math.max(this.#endpoints.areUsefulLately ? 2 * this.#base : longestBackoff, this.#base)
    return this.#clock.random() * Math.min(longest, this.#base * 2 ** this.#exponent++)
  }
}
