import type { Environment } from '../environment.ts'
import type { Deadline, DeadlineWheel } from '../fanout/deadlines.ts'
import type { Subscriber } from '../fanout/subscriber.ts'
import { formatHint } from '../wire/hints.ts'
import type { OwnHints } from '../response/settings.ts'
import { callSafely } from '../report.ts'
import type { RingEntry } from '../fanout/chunk.ts'
import type { Feed } from './feed.ts'
import type { TopicListener } from './topic-subscription.ts'
import type { HubEvent, RespondOptions } from './types.ts'

const tellEvery = 1_000
const encoder = new TextEncoder()

/**
 * A standby stream carries no events: only where the log is, at most once a second when it moves. A client compares that
 * with what its other stream delivers, and so finds out when that one is silent.
 */
export class Standby implements TopicListener, Deadline {
  readonly #feed: Feed
  readonly #filter: RespondOptions['filter']
  readonly #environment: Environment
  readonly #wheel: DeadlineWheel
  #subscriber: Subscriber | undefined
  #hints: OwnHints = () => ({})
  #toldAt = -Infinity
  #due = false
  #at: string | undefined
  #leave: (() => void)[] = []

  constructor(feed: Feed, filter: RespondOptions['filter'], environment: Environment, wheel: DeadlineWheel) {
    this.#feed = feed
    this.#filter = filter
    this.#environment = environment
    this.#wheel = wheel
  }

  /** Tell this client from now on, until {@link close}. @param hints - what it is told besides */
  tell(subscriber: Subscriber, hints: OwnHints): void {
    if (subscriber.closed) return
    this.#subscriber = subscriber
    this.#hints = hints
    this.#leave = this.#feed.subscriptions.map((subscription) => subscription.listen(this))
    // A topic that has ended says so to nobody again.
    if (this.#feed.end) this.onEnd()
  }

  onEntry({ event }: RingEntry<HubEvent>): void {
    if (!event) return
    // What the other stream does not deliver must not make it look silent.
    if (this.#filter && callSafely(this.#filter, event) !== true) return
    if (this.#filter) this.#at = this.#feed.checkpoint
    if (this.#due) return
    this.#due = true
    this.#wheel.set(this, Math.max(this.#environment.now(), this.#toldAt + tellEvery))
  }

  // Without an end mark: the stream that delivers says so, once it has delivered everything.
  onEnd(): void {
    if (this.#feed.end) this.#subscriber?.finish('ended')
  }

  expire(now: number): number {
    this.#due = false
    this.#toldAt = now
    const hint = { ...this.#hints(), t: this.#environment.wallTime(), at: this.#at ?? this.#feed.checkpoint }
    this.#subscriber?.notify(encoder.encode(formatHint(hint)))
    return Infinity
  }

  close(): void {
    this.#wheel.remove(this)
    for (const leave of this.#leave) leave()
  }
}
