import type { StreamClose, CloseReason } from '../fanout/stream-close.ts'
import type { Subscriber } from '../fanout/subscriber.ts'
import type { HubStats } from './stats.ts'
import type { StreamInfo } from './trace.ts'

/** One open stream of a hub. */
export interface OpenStream {
  readonly info: StreamInfo
  readonly subscriber: Subscriber
  /** What it counts for in the load: a standby costs next to nothing. */
  readonly weight: number
  /** Its name, when it acknowledges. */
  readonly connection: string | undefined
  /** A client that moves elsewhere by itself when it is told of a drain. */
  readonly movesItself: boolean
}

/** The open streams of a hub, by topic, and the count of those that were. */
export class OpenStreams {
  readonly #all = new Set<OpenStream>()
  readonly #byTopic = new Map<string, Set<OpenStream>>()
  readonly #byConnection = new Map<string, OpenStream>()
  readonly #closes: Record<CloseReason, number> = {
    ended: 0,
    failed: 0,
    'client-closed': 0,
    stalled: 0,
    overflow: 0,
    unacknowledged: 0,
    'max-age': 0,
    polled: 0,
    unauthorized: 0,
    disconnected: 0,
    drained: 0,
  }
  readonly #onEmpty: () => void
  #weight = 0
  #delivered = 0
  #bytes = 0
  #emptied: (() => void)[] = []

  /** @param onEmpty - called whenever the last stream has left */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty
  }

  get size(): number {
    return this.#all.size
  }

  /** The streams by weight. */
  get weight(): number {
    return this.#weight
  }

  /** The stream that acknowledges under this name. */
  acknowledgedAs(connection: string): OpenStream | undefined {
    return this.#byConnection.get(connection)
  }

  [Symbol.iterator](): Iterator<OpenStream> {
    return [...this.#all].values()
  }

  add(stream: OpenStream): void {
    this.#all.add(stream)
    this.#weight += stream.weight
    if (stream.connection !== undefined) this.#byConnection.set(stream.connection, stream)
    for (const topic of stream.info.topics) {
      let streams = this.#byTopic.get(topic)
      if (!streams) this.#byTopic.set(topic, (streams = new Set()))
      streams.add(stream)
    }
  }

  remove(stream: OpenStream, close: StreamClose): void {
    if (!this.#all.delete(stream)) return
    this.#weight -= stream.weight
    if (stream.connection !== undefined) this.#byConnection.delete(stream.connection)
    for (const topic of stream.info.topics) {
      const streams = this.#byTopic.get(topic)
      streams?.delete(stream)
      if (streams?.size === 0) this.#byTopic.delete(topic)
    }
    this.#closes[close.reason]++
    this.#delivered += close.events
    this.#bytes += close.bytes
    if (this.#all.size > 0) return
    this.#onEmpty()
    for (const resolve of this.#emptied.splice(0)) resolve()
  }

  count(topic: string): number {
    return this.#byTopic.get(topic)?.size ?? 0
  }

  /** The streams that match all that is given; none when nothing is. */
  matching({ identity, topic }: { identity?: string | undefined; topic?: string | undefined }): OpenStream[] {
    if (identity === undefined && topic === undefined) return []
    const among = topic === undefined ? this.#all : (this.#byTopic.get(topic) ?? [])
    return [...among].filter(({ info }) => identity === undefined || info.identity === identity)
  }

  /** Resolves when there is none left. */
  empty(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#emptied.push(resolve))
  }

  stats(): Pick<HubStats, 'subscribers' | 'delivered' | 'bytes' | 'closes'> {
    let delivered = this.#delivered
    let bytes = this.#bytes
    for (const { subscriber } of this.#all) {
      delivered += subscriber.events
      bytes += subscriber.bytes
    }
    return { subscribers: this.#all.size, delivered, bytes, closes: { ...this.#closes } }
  }
}
