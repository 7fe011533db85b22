import type { Environment } from '../environment.ts'
import type { RingEntry } from '../fanout/chunk.ts'
import type { DeadlineWheel } from '../fanout/deadlines.ts'
import type { StreamClose } from '../fanout/stream-close.ts'
import { Subscriber, type SubscriberOptions } from '../fanout/subscriber.ts'
import type { Broker } from './broker/broker.ts'
import { EventQueue } from './event-queue.ts'
import type { Joined } from './feed-registry.ts'
import { RecentPages } from './replay/recent-pages.ts'
import { HistoryReplay } from './replay/replay.ts'
import { resume } from './replay/resume.ts'
import type { ResumePoint } from './replay/resume.ts'
import type { Meters } from './meters/meters.ts'
import type { HubEvent } from './types.ts'

/** What a {@link LocalSubscription} is made from. */
export interface LocalSubscriptionParts {
  from: ResumePoint
  join(): Promise<Joined>
  broker: Broker
  environment: Environment
  meters: Meters
  wheel: DeadlineWheel
  signal: AbortSignal
}

/** A subscription in this process. Each loop over it is a subscriber of its own. */
export class LocalSubscription implements AsyncIterable<HubEvent> {
  readonly #parts: LocalSubscriptionParts

  constructor(parts: LocalSubscriptionParts) {
    this.#parts = parts
  }

  [Symbol.asyncIterator](): AsyncIterator<HubEvent, undefined> {
    return new LocalIterator(this.#parts)
  }
}

/** One loop. It joins at once, so what is published before the first `next` belongs to it. */
class LocalIterator implements AsyncIterator<HubEvent, undefined> {
  readonly #parts: LocalSubscriptionParts
  readonly #queue = new EventQueue(() => this.#leave())

  constructor(parts: LocalSubscriptionParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', this.#abort, { once: true })
    if (parts.signal.aborted) this.#abort()
    else void this.#join()
  }

  next(): Promise<IteratorResult<HubEvent, undefined>> {
    return this.#queue.next()
  }

  async return(): Promise<IteratorResult<HubEvent, undefined>> {
    this.#queue.cancel()
    return { done: true, value: undefined }
  }

  async #join(): Promise<void> {
    try {
      const joined = await this.#parts.join()
      if (this.#queue.isClosed) joined.lease.release()
      else this.#subscribe(joined)
    } catch (error) {
      this.#queue.close(error)
    }
  }

  #subscribe({ lease, since }: Joined): void {
    const { broker, environment, meters, wheel, from } = this.#parts
    const { feed } = lease
    const parts = { broker, pages: new RecentPages({ broker, environment }), feed, environment, meters }
    const { replay, ...resumption } = resume(parts, since, from, { needsEvents: true })
    const options: SubscriberOptions<readonly RingEntry[]> = {
      ...resumption,
      ...withoutDeadlines,
      itemOf: ({ entries }) => entries,
      replayFrom: (places) => new HistoryReplay(parts, { places }),
      tail: () => feed.tail(),
      onClose: ({ error }: StreamClose) => {
        lease.release()
        this.#queue.close(error)
      },
    }
    const subscriber = new Subscriber(options, { replay }, environment, wheel)
    subscriber.connect(this.#queue)
    if (feed.end) subscriber.finish('ended')
    this.#queue.onDrain?.()
  }

  #leave(): void {
    this.#parts.signal.removeEventListener('abort', this.#abort)
  }

  readonly #abort = (): void => this.#queue.cancel()
}

// A loop is as slow as it likes, and nobody has to find out whether it is still there.
const withoutDeadlines = {
  heartbeat: Infinity,
  stallTimeout: Infinity,
  oldAt: Infinity,
  expiresAt: Infinity,
  heartbeatBytes: (): Uint8Array => new Uint8Array(),
}
