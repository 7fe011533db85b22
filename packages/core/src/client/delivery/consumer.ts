import { callSafely } from '../../report.ts'
import { Listeners } from '../listeners.ts'
import type { ConnectionGap, TopicEvent } from '../types.ts'
import type { Entry, Queue } from './queue.ts'
import type { PositionSaver } from './saver.ts'
import type { Validator } from './schema.ts'

/** What a consumer asks of the connection around it. */
export interface ConsumerHost {
  readonly validator: Validator | undefined
  onGap?: ((gap: ConnectionGap) => void | Promise<void>) | undefined
  /** The schema refused an event. */
  onInvalid(cause: unknown): void
  /** Whoever iterated does so no more. */
  onLeave(): void
  /** Nothing more will be consumed. */
  onOver(): void
}

/**
 * Hands what was accepted to the application: to one loop, or to listeners while there is none.
 *
 * What is there is handed out without a promise for each event; only a schema and `onGap` are waited for.
 */
export class Consumer {
  readonly #queue: Queue
  readonly #host: ConsumerHost
  readonly #all = new Listeners<TopicEvent>()
  readonly #byType = new Map<string, Listeners<TopicEvent>>()
  /** What the iteration ends with, instead of just ending. */
  #failure: { error: unknown } | undefined
  #saver: PositionSaver | undefined
  #lastEventId = ''
  /** How many listeners there are. */
  #listening = 0
  #isIterating = false
  /** Until the listeners get nothing more. */
  #pumping: Promise<void> | undefined
  #isOver = false
  /** Calls of `next` that overlap are answered in their order. */
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(queue: Queue, host: ConsumerHost) {
    this.#queue = queue
    this.#host = host
  }

  /** The id of the last event that was handed out. */
  get lastEventId(): string {
    return this.#lastEventId
  }

  /** Begin after an id. */
  begin(id: string, saver: PositionSaver | undefined): void {
    this.#lastEventId = id
    this.#saver = saver
  }

  /** Whether nothing more will be consumed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when the listeners get nothing more; undefined where there is none: a loop hears of an end by itself. */
  get handedOut(): Promise<void> | undefined {
    return this.#pumping
  }

  /** End with an error, unless it ends with another one already. */
  fail(error: unknown): void {
    this.#failure ??= { error }
  }

  /** Nothing more will be consumed. Idempotent. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#saver?.finish()
    this.#host.onOver()
  }

  /** @param type - an event type, or `*` for all. @returns how to stop */
  on(type: string, listener: (event: TopicEvent) => unknown): () => void {
    const remove = this.#listenersOf(type).add(listener)
    this.#listening++
    // Without a loop and without a listener nothing is taken, and so nothing is lost.
    if (!this.#isIterating) this.#pumping ??= this.#pump()
    let isListening = true
    return () => {
      remove()
      if (isListening) this.#listening--
      isListening = false
    }
  }

  iterate(): AsyncIterator<TopicEvent> {
    this.#isIterating = true
    return {
      next: () => this.#next(),
      return: () => {
        this.#host.onLeave()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  #listenersOf(type: string): Listeners<TopicEvent> {
    if (type === '*') return this.#all
    let listeners = this.#byType.get(type)
    if (!listeners) this.#byType.set(type, (listeners = new Listeners()))
    return listeners
  }

  #next(): Promise<IteratorResult<TopicEvent>> {
    const handed = this.#waiting === 0 ? this.#take() : undefined
    if (handed && !(handed instanceof Promise)) return Promise.resolve({ value: handed, done: false })
    this.#waiting++
    const result = this.#turn.then(() => this.#wait(handed)).finally(() => this.#waiting--)
    this.#turn = result.catch(() => {})
    return result
  }

  async #wait(first: Promise<TopicEvent | undefined> | undefined): Promise<IteratorResult<TopicEvent>> {
    let event = await first
    while (!event && !this.#isAtEnd()) {
      await this.#queue.filled()
      event = await this.#take()
    }
    if (event) return { value: event, done: false }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
    return { value: undefined, done: true }
  }

  #isAtEnd(): boolean {
    if (!this.#queue.isOver) return false
    this.close()
    return true
  }

  // To the listeners, as long as they are all there is.
  async #pump(): Promise<void> {
    // Not within `on`: whoever listens has to know first how to stop.
    await Promise.resolve()
    while (this.#listening > 0 && !this.#isIterating && !this.#isAtEnd()) {
      const handed = this.#take()
      if (handed instanceof Promise) await this.#hold(handed)
      else if (!handed) await this.#queue.filled()
    }
    this.#pumping = undefined
    // A loop that has begun may have been handed the next event, and not have dealt with it.
    if (!this.#isIterating) this.#saver?.consumed(this.#lastEventId)
  }

  // A loop that begins meanwhile goes on after it.
  async #hold(handed: Promise<unknown>): Promise<void> {
    this.#waiting++
    this.#turn = handed
    await handed
    this.#waiting--
  }

  // The next event, or a promise of it where there is something to wait for. What was handed out before has been dealt with.
  #take(): TopicEvent | Promise<TopicEvent | undefined> | undefined {
    this.#saver?.consumed(this.#lastEventId)
    for (let entry = this.#queue.take(); entry; entry = this.#queue.take()) {
      const handed = this.#hand(entry)
      if (handed) return handed
    }
    return undefined
  }

  #hand(entry: Entry): TopicEvent | Promise<TopicEvent | undefined> | undefined {
    const { event, gap, id } = entry
    const verdict = event && this.#host.validator?.(event)
    if (verdict) return this.#handWhenValid(entry, verdict)
    this.#lastEventId = id
    if (gap) return this.#handGap(gap)
    if (event) this.#tell(event)
    return event
  }

  async #handWhenValid(
    { event, id }: Entry,
    verdict: Promise<{ cause: unknown } | undefined>,
  ): Promise<TopicEvent | undefined> {
    const refusal = await verdict
    if (refusal) this.#host.onInvalid(refusal.cause)
    // That ends it, and so may the application have done in the meantime.
    if (this.#isOver || !event) return undefined
    this.#lastEventId = id
    this.#tell(event)
    return event
  }

  #handGap(gap: ConnectionGap): Promise<undefined> | undefined {
    const handled = callSafely(this.#host.onGap, gap)
    return handled instanceof Promise ? handled.then(nothing, nothing) : undefined
  }

  #tell(event: TopicEvent): void {
    if (this.#listening === 0) return
    this.#byType.get(event.event)?.tell(event)
    this.#all.tell(event)
  }
}

// What it rejects with is reported by who called it.
function nothing(): undefined {}
