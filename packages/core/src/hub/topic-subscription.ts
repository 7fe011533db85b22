import type { RingEntry } from '../fanout/chunk.ts'
import { Ring } from '../fanout/ring.ts'
import type { RingGroup } from '../fanout/ring-group.ts'
import { comparePositions, writePosition, type WrittenPosition } from '../wire/position.ts'
import type { Broker, HistoryPage, Position, StoredEvent } from './broker/broker.ts'
import { endOf, eventEntry, saysState } from './entries.ts'
import { startOfPage, topicGapEntry } from './replay/gap.ts'
import { Retry } from './broker/retry.ts'
import type { GapReason } from './gap-reason.ts'
import { readState, stateAfter, type TopicState } from './topic-state.ts'
import type { HubEvent } from './types.ts'

/** Who reads a topic without a place in its ring. */
export interface TopicListener {
  /** An event, a mark, or a gap, which is one event too. In the order of positions, after it was added to the ring. */
  onEntry(entry: RingEntry<HubEvent>): void
  /** The topic has ended. */
  onEnd?(): void
}

/** Who hears of a topic what the hub itself has to know. */
export interface TopicObserver {
  /** A mark, or an event of a run. The topic's state takes it into account already. */
  onState?(stored: StoredEvent): void
  /** Events are lost. */
  onGap?(reason: GapReason): void
  onClose?(): void
}

const pageSize = 256

/** What a {@link TopicSubscription} is made from. */
export interface TopicSubscriptionParts {
  broker: Broker
  group: RingGroup
  /** How many bytes its ring keeps for readers that are behind. */
  maxBytes: number
  onError(error: unknown): void
}

/**
 * One topic as this hub hears it: a single subscription at the broker, and the ring of those who read it, whatever else they
 * read.
 *
 * What the broker delivers is not taken on trust: a hole, another epoch or a lost connection makes it read the history
 * from its last position, which is the truth.
 */
export class TopicSubscription {
  readonly topic: string
  readonly key: string
  readonly ring: Ring
  readonly #broker: Broker
  readonly #onError: (error: unknown) => void
  readonly #retry: Retry
  readonly #listeners = new Set<TopicListener>()
  readonly #observers = new Set<TopicObserver>()
  #head: Position | undefined
  #state: TopicState = {}
  /** What came while it was read how the topic stands. */
  #early: StoredEvent[] | undefined = []
  #unsubscribe: (() => Promise<void>) | undefined
  #catchingUp = false
  /** Something was heard, or lost, while catching up: look once more. */
  #stale = false
  #closed = false

  constructor(topic: string, key: string, { broker, group, maxBytes, onError }: TopicSubscriptionParts) {
    this.topic = topic
    this.key = key
    this.ring = new Ring({ maxBytes }, group)
    this.#broker = broker
    this.#onError = onError
    this.#retry = new Retry(group.environment, Infinity)
  }

  /** Where the broker was when it was asked. Defined once `open` has resolved. */
  get head(): Position {
    return this.#head as Position
  }

  /** The newest position heard of. Defined once `open` has resolved. */
  get position(): WrittenPosition {
    return this.ring.position as WrittenPosition
  }

  /** How the topic stands. Known once `open` has resolved. */
  get state(): TopicState {
    return this.#state
  }

  async open(): Promise<void> {
    const { head, unsubscribe } = await this.#broker.subscribe(this.topic, {
      onEvent: (stored) => this.#receive(stored),
      onLost: (reason) => this.#lost(reason),
    })
    this.#unsubscribe = unsubscribe
    this.#head = head
    // Events may have come before `subscribe` resolved: they are ahead of its head.
    this.ring.position ??= writePosition(this.key, head)
    const state = head.offset === 0 ? {} : await readState(this.#broker, this.topic, head)
    this.#state = (this.#early ?? []).reduce(stateAfter, state)
    this.#early = undefined
    // Told of a loss before it was known from where to read on.
    if (this.#stale) void this.#catchUp()
  }

  /** Whether anybody reads it. */
  get isRead(): boolean {
    return this.ring.isRead || this.#listeners.size > 0
  }

  listen(listener: TopicListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @returns a function that ends it; the observer is not told of that */
  observe(observer: TopicObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const observer of this.#observers) observer.onClose?.()
    this.#retry.cancel()
    await this.#unsubscribe?.()
  }

  #receive(stored: StoredEvent): void {
    const { epoch, offset } = stored.position
    const last = this.ring.position
    if (this.#catchingUp) this.#stale = true
    else if (!last || (epoch === last.epoch && offset === last.offset + 1)) this.#tell(stored)
    else if (comparePositions(stored.position, last) > 0) void this.#catchUp()
  }

  #lost(reason: unknown): void {
    this.#onError(reason)
    void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    this.#stale = true
    if (this.#catchingUp || !this.ring.position) return
    this.#catchingUp = true
    while (this.#stale && !this.#closed) {
      this.#stale = false
      const page = await this.#retry.call(() => this.#broker.read(this.topic, this.position, pageSize), this.#onError)
      if (!page || this.#closed) break
      this.#take(page)
      this.#stale ||= page.more
    }
    this.#catchingUp = false
  }

  #take(page: HistoryPage): void {
    if (page.gap) this.#tellGap(page.gap, startOfPage(page))
    for (const stored of page.events) {
      if (comparePositions(stored.position, this.position) > 0) this.#tell(stored)
    }
  }

  #tell(stored: StoredEvent): void {
    const position = writePosition(this.key, stored.position)
    this.ring.position = position
    this.#early?.push(stored)
    // Most events are merely published, which changes how a topic stands only where it had ended.
    if (this.#state.end || saysState(stored)) this.#tellState(stored)
    if (this.isRead) this.#add(eventEntry(this.topic, stored, position))
    if (endOf(stored)) this.#tellEnd()
  }

  #add(entry: RingEntry<HubEvent>): void {
    if (this.ring.isRead) this.ring.append(entry)
    for (const listener of this.#listeners) listener.onEntry(entry)
  }

  #tellState(stored: StoredEvent): void {
    this.#state = stateAfter(this.#state, stored)
    for (const observer of this.#observers) observer.onState?.(stored)
  }

  #tellEnd(): void {
    this.ring.over()
    for (const listener of this.#listeners) listener.onEnd?.()
  }

  #tellGap(reason: GapReason, position: Position): void {
    const [from, to] = [this.position, writePosition(this.key, position)]
    this.ring.position = to
    for (const observer of this.#observers) observer.onGap?.(reason)
    if (this.isRead) this.#add(topicGapEntry(reason, this.topic, from, to))
  }
}
