import type { Hub, HubPublication } from '../../../src/hub/types.ts'
import type { Random } from './random.ts'

/** Publishes numbered events of all sizes through any hub. What fails may be stored or not: the engine knows. */
export class Publisher {
  readonly #random: Random
  readonly #topics: readonly string[]
  readonly #hub: () => Hub
  readonly #trace: string[]
  readonly #keys: { topic: string; key: string }[] = []
  #number = 0

  constructor(random: Random, topics: readonly string[], hub: () => Hub, trace: string[]) {
    this.#random = random
    this.#topics = topics
    this.#hub = hub
    this.#trace = trace
  }

  publish(): void {
    this.#publish(this.#random.pick(this.#topics), this.#random.chance(0.3) ? `k${this.#number}` : undefined)
  }

  /** Publish again with a key that was used before. */
  retry(): void {
    if (this.#keys.length === 0) return
    const { topic, key } = this.#random.pick(this.#keys)
    this.#publish(topic, key)
  }

  end(): void {
    const topic = this.#random.pick(this.#topics)
    this.#trace.push(`end ${topic}`)
    this.#hub()
      .end(topic)
      .catch(() => {})
  }

  run(): void {
    const topic = this.#random.pick(this.#topics)
    this.#trace.push(`run ${topic}`)
    const events = Array.from({ length: this.#random.between(0, 5) }, () => this.#publication())
    const source = async function* (): AsyncGenerator<HubPublication> {
      yield* events
    }
    this.#hub()
      .run(topic, source(), { key: `run ${this.#number}` })
      .catch(() => {})
  }

  #publish(topic: string, key: string | undefined): void {
    // Now and then more than any page of history holds.
    const length = this.#random.chance(0.03) ? 600 : this.#random.between(1, 12)
    const batch = Array.from({ length: this.#random.chance(0.3) ? length : 1 }, () => this.#publication(length))
    if (key !== undefined) this.#keys.push({ topic, key })
    this.#trace.push(`publish ${topic} ${batch.length} up to ${this.#number}`)
    this.#hub()
      .publish(topic, batch.length > 1 ? batch : (batch[0] as HubPublication), { key })
      .catch(() => {})
  }

  #publication(batch = 1): HubPublication {
    const padding = 'x'.repeat(
      batch > 12 ? 0 : this.#random.pick([0, 0, 0, 10, 400, 3_000, 70_000 * this.#random.below(2)]),
    )
    return { data: `${++this.#number} ${padding}`, ...(this.#random.chance(0.2) && { event: 'named' }) }
  }
}
