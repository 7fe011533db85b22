import type { Environment } from '../environment.ts'
import { encodeEnd } from '../response/end.ts'
import { Ring } from '../fanout/ring.ts'
import type { Flusher } from '../fanout/flusher.ts'
import { formatPositionId } from '../wire/position.ts'
import type { Position, StoredEvent } from './broker/broker.ts'
import { type End, endOf, eventEntry } from './entries.ts'
import type { GapReason } from './gap-reason.ts'
import { gapEntry } from './replay/gap.ts'
import type { TopicSubscription } from './topic-subscription.ts'
import type { HubEvent } from './types.ts'

/** Somebody in this process who follows a feed. */
export interface FeedListener {
  onEvent(event: HubEvent): void
  /** All its topics have ended. */
  onEnd(): void
}

/** The events of one set of topics, merged in the order this hub heard them, each with the whole vector as its id. */
export class Feed {
  readonly ring: Ring
  /** By key, sorted. */
  readonly topics: ReadonlyMap<string, string>
  /** Where the topics were when the feed was asked for; it may have heard of events since. */
  readonly since: ReadonlyMap<string, Position>
  readonly listeners: Set<FeedListener> = new Set()
  readonly #subscriptions: readonly TopicSubscription[]
  readonly #positions = new Map<string, Position>()
  readonly #leave: (() => void)[]

  /** @param subscriptions - open; from here to the end of the constructor nothing is awaited, so no event is missed. */
  constructor(
    subscriptions: readonly TopicSubscription[],
    since: ReadonlyMap<string, Position>,
    maxBytes: number,
    environment: Environment,
    flusher: Flusher,
  ) {
    this.ring = new Ring({ maxBytes }, environment, flusher)
    this.since = since
    this.topics = new Map(subscriptions.map(({ key, topic }) => [key, topic]))
    this.#subscriptions = subscriptions
    for (const subscription of subscriptions) this.#positions.set(subscription.key, subscription.position)
    this.#leave = subscriptions.map((subscription) =>
      subscription.listen({
        onEvent: (stored, body) => this.#append(subscription, stored, body),
        onGap: (reason, position) => this.#appendGap(subscription, reason, position),
      }),
    )
  }

  /** How it ended, once all its topics have; `failed` if one of them did. */
  get end(): End | undefined {
    const ends = this.#subscriptions.map(({ state }) => state.end)
    if (ends.includes(undefined)) return undefined
    return ends.includes('failed') ? 'failed' : 'done'
  }

  /** Whether somebody may want a topic as a whole: a run makes it, or it has ended. */
  isWhole(key: string): boolean {
    const state = this.#subscriptions.find((subscription) => subscription.key === key)?.state
    return state?.run !== undefined || state?.end !== undefined
  }

  /** Where this feed is now, as an id. */
  get checkpoint(): string {
    return formatPositionId(undefined, this.#positions)
  }

  /** Where this feed is now. */
  snapshot(): ReadonlyMap<string, Position> {
    return new Map(this.#positions)
  }

  positionOf(key: string): Position {
    return this.#positions.get(key) as Position
  }

  close(): void {
    for (const leave of this.#leave) leave()
  }

  #append({ topic, key }: TopicSubscription, stored: StoredEvent, body: Uint8Array): void {
    this.#positions.set(key, stored.position)
    const entry = eventEntry(topic, key, stored, this.#positions, body)
    this.ring.append(entry)
    if (entry.event) for (const listener of this.listeners) listener.onEvent(entry.event)
    const end = endOf(stored) && this.end
    if (end) this.#finish(end)
  }

  #finish(end: End): void {
    this.ring.finish('ended', encodeEnd(end))
    for (const listener of this.listeners) listener.onEnd()
  }

  #appendGap({ topic, key }: TopicSubscription, reason: GapReason, position: Position): void {
    const from = this.checkpoint
    this.#positions.set(key, position)
    const entry = gapEntry({ reason, topics: [topic], from, to: formatPositionId(key, this.#positions) })
    this.ring.append(entry)
    if (entry.event) for (const listener of this.listeners) listener.onEvent(entry.event)
  }
}
