import type { Environment } from '../../environment.ts'
import type { Flusher } from '../../fanout/flusher.ts'
import { comparePositions } from '../../wire/position.ts'
import type { Position } from '../broker/broker.ts'
import type { DelayHistogram } from '../stats.ts'
import type { TopicSubscription } from '../topic-subscription.ts'

const bounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000] as const
/** More publications than that of one topic, stored and not heard of yet, are not measured. */
const mostWaiting = 1_024

/** A publication that is stored, and of which this hub's subscription has not heard yet. */
interface Waiting {
  position: Position
  startedAt: number
}

/**
 * How long publications take to the first write of a reader here: one clock reading as each begins, and one a turn for all
 * that leave in it. Nothing is done for a reader, nor where there is none.
 */
export class PublishToWrite {
  readonly #clock: Pick<Environment, 'now'>
  readonly #flusher: Flusher
  readonly #waiting = new WeakMap<TopicSubscription, Waiting[]>()
  readonly #counts: number[] = Array.from({ length: bounds.length + 1 }, () => 0)
  /** When those began that leave with the next flush. */
  #leaving: number[] = []
  #sum = 0

  constructor(clock: Pick<Environment, 'now'>, flusher: Flusher) {
    this.#clock = clock
    this.#flusher = flusher
    flusher.onFlushed = () => this.#recordLeaving()
  }

  stats(): DelayHistogram {
    return { bounds, counts: [...this.#counts], sum: this.#sum }
  }

  /** A publication has been stored. @param startedAt - when it began */
  stored(subscription: TopicSubscription, position: Position, startedAt: number): void {
    if (comparePositions(subscription.position, position) < 0) this.#await(subscription, { position, startedAt })
    else if (this.#flusher.isDue) this.#leaving.push(startedAt)
    else this.#record(startedAt, this.#clock.now())
  }

  #await(subscription: TopicSubscription, publication: Waiting): void {
    const waiting = this.#waiting.get(subscription)
    if (waiting === undefined) {
      const queue = [publication]
      const forget = (): void => {
        this.#waiting.delete(subscription)
        stop()
      }
      const stop = subscription.listen({
        // What was waited for may be in a gap.
        onEntry: ({ gap, position }) => (!gap && position && this.#hear(queue, position)) || forget(),
      })
      this.#waiting.set(subscription, queue)
    } else if (waiting.length < mostWaiting) waiting.push(publication)
  }

  // After the ring, which has made a flush due if anybody reads it still. Returns whether any publication still waits.
  #hear(queue: Waiting[], position: Position): boolean {
    while (queue[0] && comparePositions(queue[0].position, position) <= 0) {
      const { startedAt } = queue.shift() as Waiting
      if (this.#flusher.isDue) this.#leaving.push(startedAt)
    }
    return queue.length > 0
  }

  #recordLeaving(): void {
    if (this.#leaving.length === 0) return
    const now = this.#clock.now()
    for (const startedAt of this.#leaving.splice(0)) this.#record(startedAt, now)
  }

  #record(startedAt: number, now: number): void {
    const delay = now - startedAt
    let index = 0
    while (delay > (bounds[index] ?? Infinity)) index++
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += delay
  }
}
