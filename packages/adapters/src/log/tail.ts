import { callSafely } from '@holdfast/core/adapter'
import { HoldfastError } from '@holdfast/core'
import type { BrokerListener, HistoryPage, Position } from '@holdfast/core/hub'
import { isAfter, nowhere } from './position.ts'

/** How the history of a topic is read: as {@link Broker.read}. */
export type ReadHistory = (topic: string, after: Position, limit: number) => Promise<HistoryPage>

/** Events that a subscription was to hear are no longer kept. */
export class HistoryLostError extends HoldfastError {
  readonly code = 'history-lost'
}

/** One subscription, and what it has heard. */
interface Place {
  listener: BrokerListener
  /** It hears what comes after this. Undefined until the head is known. */
  from: Position | undefined
}

const pageSize = 256

/**
 * The end of one topic's log, read for all who listen to it here.
 *
 * A wake-up says only that there may be more: what is told comes from the history, in its order, so that a wake-up that
 * is lost, doubled or late does no harm.
 */
export class Tail {
  readonly topic: string
  readonly #read: ReadHistory
  readonly #onFailed: () => void
  readonly #places = new Set<Place>()
  /** Everything up to here was told. Undefined until the first head is known. */
  #position: Position | undefined
  #reading = false
  /** There may be more than was read. */
  #stale = false
  /** A wake-up came from the engine since the last look. */
  #heard = false

  /** @param onFailed - the history could not be read; somebody has to look again */
  constructor(topic: string, read: ReadHistory, onFailed: () => void) {
    this.topic = topic
    this.#read = read
    this.#onFailed = onFailed
  }

  get isIdle(): boolean {
    return this.#places.size === 0
  }

  /** Listen from the head on. */
  async join(listener: BrokerListener): Promise<{ head: Position; leave(): void }> {
    const place: Place = { listener, from: undefined }
    const leave = (): void => void this.#places.delete(place)
    this.#places.add(place)
    try {
      const { head } = await this.#read(this.topic, nowhere, 0)
      this.#position ??= head
      // What others here were told meanwhile came after the head that was read, but before this place was known.
      place.from = isAfter(this.#position, head) ? this.#position : head
      if (isAfter(head, this.#position)) this.#stale = true
      void this.#follow()
      return { head: place.from, leave }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Tell nobody anything any more. */
  clear(): void {
    this.#places.clear()
  }

  /** The engine says that the log has come to `head`, or somewhere. */
  wake(head?: Position): void {
    this.#heard = true
    const { epoch, offset } = this.#position ?? nowhere
    if (head?.epoch !== epoch || head.offset > offset) this.#look()
  }

  /** A look at the log found this head. Returns whether the engine has failed to say so. */
  check(head: Position | undefined): boolean {
    const position = this.#position
    const missed = !this.#heard && !this.#reading && !!head && !!position && isAfter(head, position)
    this.#heard = false
    // Also where the log has gone back: reading tells what that means.
    if (!head || !position || head.epoch !== position.epoch || head.offset !== position.offset) this.#look()
    return missed
  }

  #look(): void {
    this.#stale = true
    void this.#follow()
  }

  async #follow(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      while (this.#stale && this.#position && !this.isIdle) {
        this.#stale = false
        this.#tell(await this.#read(this.topic, this.#position, pageSize))
      }
    } catch {
      // Nothing is lost: the next look reads on from here.
      this.#stale = true
      this.#onFailed()
    } finally {
      this.#reading = false
    }
  }

  #tell({ events, head, more, gap }: HistoryPage): void {
    if (gap) return this.#tellGap(gap, head)
    for (const event of events) {
      this.#position = event.position
      for (const { listener, from } of this.#places)
        if (from && isAfter(event.position, from)) callSafely(() => listener.onEvent(event))
    }
    this.#stale ||= more
  }

  // Whoever listens reads the history itself and tells its readers where it goes on.
  #tellGap(gap: string, head: Position): void {
    this.#position = head
    const error = new HistoryLostError(`Cannot follow "${this.topic}": ${gap}`)
    for (const place of this.#places) {
      if (!place.from || (place.from.epoch === head.epoch && place.from.offset >= head.offset)) continue
      place.from = head
      callSafely(() => place.listener.onLost(error))
    }
  }
}
