import type { Environment } from '../environment.ts'
import { type Chunk, type Portion, portionOf } from './chunk.ts'
import type { Ids } from './ids.ts'
import type { Place } from './place.ts'

/** How a subscriber's heartbeats are made. */
export interface HintOptions {
  /** One in each ring that it reads. */
  readonly places: readonly Place[]
  /** Undefined where events have no ids. */
  readonly ids?: Ids | undefined
  /** @param checkpoint - the position, when it has moved without an event that told it */
  heartbeatBytes(checkpoint: string | undefined): Uint8Array
}

/** What a subscriber gets when there is nothing else: notices, and heartbeats that tell where it is. */
export class PendingHints {
  /** When the last one was taken. */
  takenAt: number
  /** A heartbeat is due as soon as everything else has been taken. */
  isDue = false
  readonly #options: HintOptions
  readonly #environment: Environment
  #notice: Uint8Array | undefined
  /** The subscriber has come further than ids have told. */
  #isUntold = false

  constructor(options: HintOptions, environment: Environment) {
    this.#options = options
    this.#environment = environment
    this.takenAt = environment.now()
  }

  get waiting(): boolean {
    return this.isDue || !!this.#notice
  }

  /** Give out a notice once everything before it has been taken. A later one replaces it. */
  notify(bytes: Uint8Array): void {
    this.#notice = bytes
  }

  /** The subscriber has taken a chunk. */
  follow({ tellsAll, hasGap, span }: Chunk): void {
    const arePartial = this.#options.ids?.arePartial === true
    this.#isUntold = arePartial || !tellsAll
    // It is nowhere, or somewhere else, until it is told where it is in all topics.
    if (arePartial && (hasGap || span === 0)) this.isDue = true
  }

  take(): Portion | undefined {
    const hint = this.#notice ?? (this.isDue ? this.#heartbeat() : undefined)
    if (hint === undefined) return undefined
    this.#notice = undefined
    this.isDue = false
    this.takenAt = this.#environment.now()
    return portionOf(hint)
  }

  #heartbeat(): Uint8Array {
    const { ids, places } = this.#options
    const checkpoint = this.#isUntold ? ids?.checkpoint(places) : undefined
    this.#isUntold = false
    return this.#options.heartbeatBytes(checkpoint)
  }
}
