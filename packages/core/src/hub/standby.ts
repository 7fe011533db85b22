import type { Environment } from '../environment.ts'
import type { Deadline, DeadlineWheel } from '../stream/deadlines.ts'
import { encodeEnd } from '../stream/end.ts'
import type { Subscriber } from '../stream/subscriber.ts'
import { formatHint } from '../wire/hints.ts'
import type { OwnHints } from '../stream/settings.ts'
import type { FeedListener, TopicFeed } from './topic-feed.ts'

const tellEvery = 1_000
const encoder = new TextEncoder()

/**
 * A standby stream carries no events: only where the log is, at most once a second when it moves. A client compares that
 * with what its other stream delivers, and so finds out when that one is silent.
 */
export class Standby implements FeedListener, Deadline {
  readonly #feed: TopicFeed
  readonly #hints: OwnHints
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  #subscriber: Subscriber | undefined
  #toldAt = -Infinity
  #due = false

  constructor(feed: TopicFeed, hints: OwnHints, environment: Environment, wheel: DeadlineWheel) {
    this.#feed = feed
    this.#hints = hints
    this.#environment = environment
    this.#wheel = wheel
  }

  /** Tell this client from now on, until {@link close}. */
  tell(subscriber: Subscriber): void {
    if (subscriber.closed) return
    this.#subscriber = subscriber
    this.#feed.listeners.add(this)
    // A topic that has ended says so to nobody again.
    if (this.#feed.end) this.onEnd()
  }

  onEvent(): void {
    if (this.#due) return
    this.#due = true
    this.#wheel.set(this, Math.max(this.#environment.now(), this.#toldAt + tellEvery))
  }

  onEnd(): void {
    this.#subscriber?.finish('ended', encodeEnd(this.#feed.end ?? 'done'))
  }

  expire(now: number): number {
    this.#due = false
    this.#toldAt = now
    const hint = { ...this.#hints(), t: this.#environment.wallTime(), at: this.#feed.checkpoint }
    this.#subscriber?.notify(encoder.encode(formatHint(hint)))
    return Infinity
  }

  close(): void {
    this.#wheel.remove(this)
    this.#feed.listeners.delete(this)
  }
}
