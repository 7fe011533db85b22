import type { Environment } from '../environment.ts'
import type { Deadline, DeadlineWheel } from '../fanout/deadlines.ts'
import type { Subscriber } from '../fanout/subscriber.ts'

const defaultWait = 20_000
// Proxies give up an answer that takes longer than a minute, some after half of one.
const longestWait = 25_000
/** A native client comes back after this, so that there is no pause between its answers that one would notice. */
const retry = 100

/**
 * An answer to `?mode=poll&wait=`: the same stream as ever, but finite, so that it comes through a proxy that collects
 * answers. What is new, or a wait for it, and then the end; who brings no id is only told where it is.
 */
export class Poll implements Deadline {
  readonly #wait: number
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  #subscriber: Subscriber | undefined
  #isDue: boolean

  /** @param hasId - whether it is known what the client has */
  constructor(query: URLSearchParams, hasId: boolean, environment: Environment, wheel: DeadlineWheel) {
    this.#wait = waitOf(query)
    this.#isDue = !hasId || this.#wait === 0
    this.#environment = environment
    this.#wheel = wheel
  }

  /** What such an answer says of itself instead. */
  static headersOf(headers: Headers): Headers {
    const finite = new Headers(headers)
    finite.set('cache-control', 'no-store, no-transform')
    return finite
  }

  static readonly retry: number = retry

  /** Let this one end in time. */
  begin(subscriber: Subscriber): void {
    if (subscriber.closed) return
    this.#subscriber = subscriber
    if (!this.#isDue) this.#wheel.set(this, this.#environment.now() + this.#wait)
  }

  /** It has all there is at the moment. */
  caughtUp(): void {
    const subscriber = this.#subscriber
    if (subscriber && (this.#isDue || subscriber.events > 0)) subscriber.finish('polled')
  }

  expire(): number {
    this.#isDue = true
    this.#subscriber?.pump()
    return Infinity
  }

  close(): void {
    this.#wheel.remove(this)
  }
}

function waitOf(query: URLSearchParams): number {
  const wish = Number(query.get('wait') ?? defaultWait)
  return wish >= 0 ? Math.min(wish, longestWait) : defaultWait
}
