import { spend } from './budget.ts'
import type { EndpointState } from './endpoint.ts'
import type { EndpointList } from './endpoints.ts'
import type { Link } from './link.ts'
import { type Clock, Timer } from './timer.ts'

/** A stream of this age stands for a working server; at 0 a flapping set of endpoints saw 15.9 k attempts, at 5 s 9.6 k. */
export const minUptime = 5_000

// What everybody who lost the same server waits at most: 0 and 1,000 give peaks of 459 and 358 attempts/s, 200 gives 417.
const firstJitter = 200
const width = 2
const stagger = 250
const longestBackoff = 10_000
// A server that says `retry: 0` must not be taken at its word.
const shortestBase = 200

/** What a race asks of its connection. */
export interface RaceOwner {
  readonly endpoints: EndpointList
  /** There must not be a second attempt. */
  readonly once: boolean
  dialForRace(endpoint: EndpointState): Link
  /** Endpoints whose streams are to be replaced. */
  failing(): EndpointState[]
  waiting(delay: number): void
}

/** Gets one stream: at most two attempts at a time, one sweep over the endpoints, then one attempt per step of the back-off. */
export class Race {
  base: number
  readonly #owner: RaceOwner
  readonly #clock: Clock
  readonly #attempts = new Set<Link>()
  readonly #tried = new Set<EndpointState>()
  readonly #throttled = new Set<EndpointState>()
  readonly #pause: Timer
  readonly #stagger: Timer
  #preferred: EndpointState | undefined
  #exponent = 0
  running = false

  constructor(owner: RaceOwner, clock: Clock, base: number) {
    this.#owner = owner
    this.#clock = clock
    this.base = base
    this.#pause = new Timer(clock, () => this.#step())
    this.#stagger = new Timer(clock, () => this.#more())
  }

  /** @param preferred - an endpoint known to be well  @param failed - one known not to be */
  start(delay: number, preferred?: EndpointState, failed?: EndpointState): void {
    if (this.running) return
    if (failed) this.#tried.add(failed)
    this.running = true
    this.#preferred = preferred
    if (delay > 0) this.#wait(delay)
    else this.#step()
  }

  /**
   * How long to wait after a stream is lost: the first attempt is free only if the stream stood for a good while.
   *
   * @param warm - whether a standby's server is known to be well
   */
  delayAfter(link: Link | undefined, warm: boolean): number {
    if (link && link.uptime < minUptime) {
      if (link.useful) this.#exponent = Math.min(this.#exponent, 1)
      if (!this.#spend()) return this.#backoff()
    } else {
      this.#exponent = 0
    }
    // Standbys of clients that lost one server are at different ones already.
    return warm ? 0 : this.#clock.random() * firstJitter
  }

  /** Stop waiting. */
  hurry(): void {
    this.#exponent = 0
    this.#throttled.clear()
    for (const endpoint of this.#owner.endpoints.all) endpoint.forgive()
    if (this.#pause.active) this.#step()
  }

  failed(link: Link): void {
    this.#attempts.delete(link)
    this.#stagger.clear()
    this.#more()
  }

  /** It said that there are too many requests. After a second one that says so, all attempts take the steps of the back-off. */
  throttled(endpoint: EndpointState): void {
    this.#throttled.add(endpoint)
  }

  /** It is won, or not needed any more. */
  stop(winner?: Link): void {
    this.running = false
    this.#pause.clear()
    this.#stagger.clear()
    this.#tried.clear()
    if (winner) this.#throttled.clear()
    for (const link of this.#attempts) if (link !== winner) link.close()
    this.#attempts.clear()
  }

  #step(): void {
    this.#pause.clear()
    if (!this.running || this.#attempts.size >= width) return
    const endpoint = this.#choose()
    if (!endpoint) return
    const barred = endpoint.barredUntil - this.#clock.now()
    if (barred > 0) return this.#wait(barred)
    this.#tried.add(endpoint)
    this.#attempts.add(this.#owner.dialForRace(endpoint))
    const best = Math.min(...this.#owner.endpoints.all.map(({ timeToHead }) => timeToHead))
    this.#stagger.set(Math.max(stagger, 1.5 * best))
  }

  // One attempt more, in parallel or after a failure.
  #more(): void {
    if (!this.running || this.#owner.once || this.#attempts.size >= width || this.#pause.active) return
    if (this.#throttled.size < 2 && this.#spend()) return this.#step()
    this.#tried.clear()
    this.#wait(this.#backoff())
  }

  #wait(delay: number): void {
    this.#pause.set(delay)
    if (this.#attempts.size === 0) this.#owner.waiting(delay)
  }

  #backoff(): number {
    const base = Math.max(this.base, shortestBase)
    return this.#clock.random() * Math.min(Math.max(longestBackoff, base), base * 2 ** this.#exponent++)
  }

  #spend(): boolean {
    const { size, key } = this.#owner.endpoints
    return spend(this.#clock, key, size - 1)
  }

  #choose(): EndpointState | undefined {
    const { endpoints } = this.#owner
    const taken = new Set([...this.#attempts].map(({ endpoint }) => endpoint))
    const preferred = this.#preferred
    this.#preferred = undefined
    if (preferred && endpoints.all.includes(preferred)) return preferred
    for (const endpoint of this.#owner.failing()) taken.add(endpoint)
    const free = (endpoint: EndpointState): boolean => !taken.has(endpoint)
    return (
      endpoints.draw((endpoint) => free(endpoint) && !this.#tried.has(endpoint)) ??
      endpoints.draw(free) ??
      endpoints.leastBad(free) ??
      (this.#attempts.size === 0 ? endpoints.leastBad(() => true) : undefined)
    )
  }
}
