import type { Environment } from '../environment.ts'
import type { Hint } from '../wire/hints.ts'
import type { Deadline, DeadlineWheel } from '../fanout/deadlines.ts'

interface PeerLoad {
  load: number
  heardAt: number
}

const tellEvery = 5_000
const forgetAfter = 15_000
// Above this a hub asks its clients to move: small differences are noise, and each move costs a reconnect.
const shedAbove = 1.2
const standbyAbove = 0.9

/** How loaded this hub is, and compared with the others of its broker. Who tells them so is also known to be there. */
export class LoadExchange implements Deadline {
  readonly #own: () => number | undefined
  readonly #tell: (load: number | undefined) => void
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  readonly #peers = new Map<string, PeerLoad>()
  #running = false

  /** @param own - this hub's load; undefined when it is not known */
  constructor(
    own: () => number | undefined,
    tell: (load: number | undefined) => void,
    environment: Environment,
    wheel: DeadlineWheel,
  ) {
    this.#own = own
    this.#tell = tell
    this.#environment = environment
    this.#wheel = wheel
  }

  /** Tell the others from now on, until {@link stop}. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#wheel.set(this, this.expire(this.#environment.now()))
  }

  stop(): void {
    this.#running = false
    this.#wheel.remove(this)
  }

  hear(hub: string, load: number | undefined): void {
    if (load !== undefined && load >= 0 && load <= 1) this.#peers.set(hub, { load, heardAt: this.#environment.now() })
  }

  /** What clients are told: the load, the share of them that should move elsewhere, and whether to have a standby. */
  hints(load: number): Hint {
    const mean = this.#meanOfPeers()
    const shed = mean !== undefined && load > shedAbove * mean ? { shed: (load - mean) / load / 2 } : {}
    return { load, ...shed, ...(load > standbyAbove ? { standby: 1 } : {}) }
  }

  expire(now: number): number {
    this.#tell(this.#own())
    return now + tellEvery
  }

  #meanOfPeers(): number | undefined {
    const oldest = this.#environment.now() - forgetAfter
    for (const [hub, { heardAt }] of this.#peers) if (heardAt < oldest) this.#peers.delete(hub)
    if (this.#peers.size === 0) return undefined
    const total = [...this.#peers.values()].reduce((sum, { load }) => sum + load, 0)
    return total / this.#peers.size
  }
}
