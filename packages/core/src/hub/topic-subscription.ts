import type { Environment } from '../environment.ts'
import { comparePositions } from '../wire/position.ts'
import type { Broker, HistoryPage, Position, StoredEvent } from './broker/broker.ts'
import { encodeBody, saysState } from './entries.ts'
import { startOfPage } from './replay/gap.ts'
import { Retry } from './broker/retry.ts'
import type { GapReason } from './gap-reason.ts'
import { readState, stateAfter, type TopicState } from './topic-state.ts'

/** What a feed hears, in the order of positions. */
export interface TopicListener {
  /** @param body - encoded once for all listeners */
  onEvent(stored: StoredEvent, body: Uint8Array): void
  /** Events are lost; the log goes on after `position`. */
  onGap(reason: GapReason, position: Position): void
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

/**
 * One topic as this hub hears it: a single subscription at the broker, however many feeds carry the topic.
 *
 * What the broker delivers is not taken on trust: a hole, another epoch or a lost connection makes it read the history
 * from its last position, which is the truth.
 */
export class TopicSubscription {
  readonly topic: string
  readonly key: string
  readonly #broker: Broker
  readonly #onError: (error: unknown) => void
  readonly #retry: Retry
  readonly #listeners = new Set<TopicListener>()
  readonly #observers = new Set<TopicObserver>()
  #head: Position | undefined
  #position: Position | undefined
  #state: TopicState = {}
  /** What came while it was read how the topic stands. */
  #early: StoredEvent[] | undefined = []
  #unsubscribe: (() => Promise<void>) | undefined
  #catchingUp = false
  /** Something was heard, or lost, while catching up: look once more. */
  #stale = false
  #closed = false

  constructor(topic: string, key: string, broker: Broker, environment: Environment, onError: (error: unknown) => void) {
    this.topic = topic
    this.key = key
    this.#broker = broker
    this.#onError = onError
    this.#retry = new Retry(environment, Infinity)
  }

  /** Where the broker was when it was asked. Defined once `open` has resolved. */
  get head(): Position {
    return this.#head as Position
  }

  /** The newest position heard of. Defined once `open` has resolved. */
  get position(): Position {
    return this.#position as Position
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
    this.#position ??= head
    const state = head.offset === 0 ? {} : await readState(this.#broker, this.topic, head)
    this.#state = (this.#early ?? []).reduce(stateAfter, state)
    this.#early = undefined
    // Told of a loss before it was known from where to read on.
    if (this.#stale) void this.#catchUp()
  }

  /** Whether any feed carries it. */
  get isRead(): boolean {
    return this.#listeners.size > 0
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
    const last = this.#position
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
    if (this.#catchingUp || !this.#position) return
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
    this.#position = stored.position
    this.#early?.push(stored)
    // Most events are merely published, which changes how a topic stands only where it had ended.
    if (this.#state.end || saysState(stored)) this.#tellState(stored)
    if (this.#listeners.size === 0) return
    const body = encodeBody(stored)
    for (const listener of this.#listeners) listener.onEvent(stored, body)
  }

  #tellState(stored: StoredEvent): void {
    this.#state = stateAfter(this.#state, stored)
    for (const observer of this.#observers) observer.onState?.(stored)
  }

  #tellGap(reason: GapReason, position: Position): void {
    this.#position = position
    for (const observer of this.#observers) observer.onGap?.(reason)
    for (const listener of this.#listeners) listener.onGap(reason, position)
  }
}
