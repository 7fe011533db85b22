import type { Ids } from '../fanout/ids.ts'
import { Place } from '../fanout/place.ts'
import { encodeEnd } from '../response/end.ts'
import { joinPositions, type WrittenPosition } from '../wire/position.ts'
import type { End } from './entries.ts'
import { partialIds, wholeIds, WholeIds } from './ids.ts'
import type { TopicSubscription } from './topic-subscription.ts'

/**
 * One set of topics, as its readers follow it: each with a place in the ring of every topic. So an event is kept once,
 * whatever else its readers read.
 */
export class Feed {
  /** By key, sorted. */
  readonly topics: ReadonlyMap<string, string>
  /** In the order of their keys. */
  readonly subscriptions: readonly TopicSubscription[]
  /** Where the topics were when the feed was asked for, in the same order; it may have heard of events since. */
  readonly since: readonly WrittenPosition[]
  /** Whether more than one follows it. */
  isShared = false

  /** @param subscriptions - open */
  constructor(
    topics: ReadonlyMap<string, string>,
    subscriptions: readonly TopicSubscription[],
    since: readonly WrittenPosition[],
  ) {
    this.topics = topics
    this.subscriptions = subscriptions
    this.since = since
  }

  /** How it ended, once all its topics have; `failed` if one of them did. */
  get end(): End | undefined {
    let end: End | undefined = 'done'
    for (const { state } of this.subscriptions) {
      if (!state.end) return undefined
      if (state.end === 'failed') end = 'failed'
    }
    return end
  }

  /** What its readers get last, once it has ended. */
  tail(): Uint8Array | undefined {
    const { end } = this
    return end && encodeEnd(end)
  }

  /** Whether somebody may want a topic as a whole: a run makes it, or it has ended. */
  isWhole(key: string): boolean {
    const state = this.subscriptions.find((subscription) => subscription.key === key)?.state
    return state?.run !== undefined || state?.end !== undefined
  }

  /** Where this feed is now, as an id. */
  get checkpoint(): string {
    return joinPositions(this.positions())
  }

  /** Where this feed is now, in the order of the topics' keys. */
  positions(): WrittenPosition[] {
    return this.subscriptions.map(({ position }) => position)
  }

  /** Whose ring a place is in. */
  subscriptionAt({ ring }: Place): TopicSubscription {
    return this.subscriptions.find((subscription) => subscription.ring === ring) as TopicSubscription
  }

  /** A reader's places, at the end of the rings. @param startOf - where it is in each topic */
  places(startOf: (key: string, index: number) => WrittenPosition): Place[] {
    return this.subscriptions.map(({ key, ring }, index) => new Place(ring, startOf(key, index)))
  }

  /**
   * How ids are written for one reader.
   *
   * @param keepsVector - it keeps the whole vector itself, as `connect()` does
   * @param needsEvents - it looks at the events, and at their ids
   */
  idsFor(places: readonly Place[], keepsVector: boolean, needsEvents: boolean): Ids {
    if (places.length === 1) return wholeIds
    return keepsVector ? partialIds : new WholeIds(places, () => this.isShared, needsEvents)
  }
}
