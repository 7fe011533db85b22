import type { Broker, BrokerListener, Position } from '@holdfast/core/hub'
import { type ReadHistory, Tail } from './tail.ts'

/** The newest positions of topics, in their order; undefined for one that has to be read to be known. */
export type ReadHeads = (topics: readonly string[]) => Promise<(Position | undefined)[]>

/** What {@link Tails} are made from. */
export interface TailsParts {
  read: ReadHistory
  heads: ReadHeads
  /** For how many topics: as long as the engine takes for these, what somebody publishes has to wait. */
  headsAtOnce: number
  /** A history could not be read; somebody has to look again. */
  onFailed(): void
}

/** The tails of all topics that somebody listens to here. */
export class Tails {
  readonly #read: ReadHistory
  readonly #heads: ReadHeads
  readonly #headsAtOnce: number
  readonly #onFailed: () => void
  readonly #tails = new Map<string, Tail>()

  constructor({ read, heads, headsAtOnce, onFailed }: TailsParts) {
    this.#read = read
    this.#heads = heads
    this.#headsAtOnce = headsAtOnce
    this.#onFailed = onFailed
  }

  /** As {@link Broker.subscribe}. */
  async join(topic: string, listener: BrokerListener): ReturnType<Broker['subscribe']> {
    const tail = this.#tails.get(topic) ?? new Tail(topic, this.#read, this.#onFailed)
    this.#tails.set(topic, tail)
    try {
      const { head, leave } = await tail.join(listener)
      const unsubscribe = async (): Promise<void> => {
        leave()
        this.#drop(tail)
      }
      return { head, unsubscribe }
    } catch (error) {
      this.#drop(tail)
      throw error
    }
  }

  /** A wake-up for a topic came. */
  wake(topic: string, head?: Position): void {
    this.#tails.get(topic)?.wake(head)
  }

  /**
   * Look at every topic's head, and read what is new: wake-ups get lost.
   *
   * @returns whether one that should have come did not
   */
  async check(): Promise<boolean> {
    let missed = false
    const tails = [...this.#tails.values()]
    for (let start = 0; start < tails.length; start += this.#headsAtOnce) {
      const slice = tails.slice(start, start + this.#headsAtOnce)
      const heads = await this.#heads(slice.map(({ topic }) => topic))
      for (const [index, tail] of slice.entries()) missed = tail.check(heads[index]) || missed
    }
    return missed
  }

  /** Nobody hears anything any more. */
  clear(): void {
    for (const tail of this.#tails.values()) tail.clear()
    this.#tails.clear()
  }

  #drop(tail: Tail): void {
    if (tail.isIdle && this.#tails.get(tail.topic) === tail) this.#tails.delete(tail.topic)
  }
}
