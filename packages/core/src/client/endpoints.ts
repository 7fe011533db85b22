import { EndpointState } from './endpoint.ts'
import type { LossReason } from './status.ts'
import type { Clock } from './timer.ts'
import type { Endpoints } from './types.ts'

/** The endpoints of a connection, and which of them to ask next. */
export class EndpointList {
  readonly all: EndpointState[]
  /** The name of this set, whatever its order. */
  readonly key: string
  /** How many there were. */
  readonly size: number
  readonly #clock: Clock

  /** @throws {TypeError} there is none, or one is not a URL */
  constructor(endpoints: Endpoints, clock: Clock) {
    this.#clock = clock
    const list = typeof endpoints === 'string' || endpoints instanceof URL ? [endpoints] : endpoints
    const base = (globalThis as { location?: { href: string } }).location?.href
    this.all = list.map((endpoint) => {
      const { url, priority = 0 } = typeof endpoint === 'string' || endpoint instanceof URL ? { url: endpoint } : endpoint
      return new EndpointState(new URL(url, base).href, priority, clock)
    })
    this.size = this.all.length
    this.key = this.all.map(({ url }) => url).sort().join(' ')
    if (this.size === 0) throw new TypeError('Cannot connect: there is no endpoint')
  }

  /** An endpoint has no stream for us. @returns true when none has */
  refuse(endpoint: EndpointState, reason: LossReason): boolean {
    const index = this.all.indexOf(endpoint)
    endpoint.refuse(reason)
    if (reason === 'gone' && index >= 0) this.all.splice(index, 1)
    const now = this.#clock.now()
    return this.all.every(({ refusal, barredUntil }) => refusal && barredUntil > now)
  }

  /**
   * Draw one that `suits`, cheap ones more often: weights are cost⁻². The cheapest alone would get everybody (329 attempts/s
   * on one endpoint against 203).
   */
  draw(suits: (endpoint: EndpointState) => boolean): EndpointState | undefined {
    const now = this.#clock.now()
    const candidates = this.all.filter((endpoint) => endpoint.avoidUntil <= now && suits(endpoint))
    let left = this.#clock.random() * candidates.reduce((sum, { cost }) => sum + cost ** -2, 0)
    return candidates.find(({ cost }) => (left -= cost ** -2) < 0) ?? candidates.at(-1)
  }

  /** The one to ask when none should be: one that does not forbid it, else that which is the first to allow it. */
  leastBad(suits: (endpoint: EndpointState) => boolean): EndpointState | undefined {
    const now = this.#clock.now()
    const barred = ({ barredUntil }: EndpointState): number => Math.max(barredUntil, now)
    return this.all.filter(suits).sort((a, b) => barred(a) - barred(b) || a.avoidUntil - b.avoidUntil)[0]
  }
}
