import type { Environment } from '../environment.ts'
import { type Accepts, bytesOf, type Portion } from '../fanout/chunk.ts'
import type { DeadlineWheel } from '../fanout/deadlines.ts'
import type { Ids } from '../fanout/ids.ts'
import type { Place } from '../fanout/place.ts'
import type { Replay } from '../fanout/replay-reader.ts'
import type { StreamClose } from '../fanout/stream-close.ts'
import { Subscriber, type SubscriberOptions } from '../fanout/subscriber.ts'
import { callSafely } from '../report.ts'
import { isHoldfastClient, onDisconnect } from '../response/request.ts'
import { heartbeatBytes, oldAt, openingBytes, type OwnHints, type StreamSettings } from '../response/settings.ts'
import type { Hint } from '../wire/hints.ts'
import type { Broker } from './broker/broker.ts'
import type { Lease } from './lease.ts'
import type { Meters } from './meters/meters.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'
import { Poll } from './poll.ts'
import type { RecentPages } from './replay/recent-pages.ts'
import { HistoryReplay } from './replay/replay.ts'
import type { Resumption } from './replay/resume.ts'
import { Standby } from './standby.ts'
import type { StreamInfo } from './trace.ts'
import type { HubOptions, RespondOptions } from './types.ts'

const defaultAcknowledgeTimeout = 30_000

/** What all streams of a hub share. */
export interface HubStreamParts {
  options: HubOptions
  environment: Environment
  broker: Broker
  wheel: DeadlineWheel
  streams: OpenStreams
  meters: Meters
  pages: RecentPages
  /** What every client of the hub is told. */
  hints: OwnHints
}

/** What one is opened with. */
export interface Opening {
  request: Request
  lease: Lease
  settings: StreamSettings
  /** With the options of the hub's streams among its own. */
  options: RespondOptions
  /** Its name, when it asked to acknowledge. */
  connection: string | undefined
}

/**
 * One response of a hub while it is open: what its subscriber asks for, and what the hub knows of it.
 *
 * An idle connection costs what is kept for it. So this holds nothing of its request, and has methods where it might have
 * had closures, which keep what they close over.
 */
export class HubStream implements SubscriberOptions, OpenStream {
  readonly info: StreamInfo
  readonly subscriber: Subscriber
  readonly connection: string | undefined
  readonly movesItself: boolean
  readonly places: readonly Place[]
  readonly ids: Ids | undefined
  readonly accepts: Accepts | undefined
  readonly heartbeat: number
  readonly stallTimeout: number
  readonly oldAt: number
  readonly expiresAt: number
  readonly onCaughtUp: (() => void) | undefined
  readonly #parts: HubStreamParts
  readonly #lease: Lease
  readonly #companion: Standby | Poll | undefined
  readonly #onOwnClose: ((close: StreamClose) => void) | undefined
  #unwatch: (() => void) | undefined

  constructor(
    parts: HubStreamParts,
    { request, lease, settings, options, connection }: Opening,
    { hints, checkpoint, replay, ...resumption }: Resumption & { hints?: Hint },
    companion?: Standby | Poll,
  ) {
    const { environment, wheel } = parts
    const { expiresAt = Infinity, stream } = options
    this.#parts = parts
    this.#lease = lease
    this.#companion = companion
    this.#onOwnClose = stream?.onClose
    this.info = infoOf(options)
    this.connection = connection
    // One that ends soon anyway moves by coming back.
    this.movesItself = isHoldfastClient(request) && !(companion instanceof Poll)
    this.places = resumption.places
    this.ids = resumption.ids
    this.accepts = resumption.accepts
    this.heartbeat = settings.heartbeat
    this.stallTimeout = settings.stallTimeout
    this.oldAt = oldAt(settings, environment)
    this.expiresAt = environment.now() + expiresAt - environment.wallTime()
    this.onCaughtUp = companion instanceof Poll ? () => companion.caughtUp() : undefined
    const topics = [...lease.feed.topics.values()]
    const opening = openingBytes(settings, environment, { ...this.hints(), topics, ...hints }, checkpoint)
    this.subscriber = new Subscriber(this, { opening, replay }, environment, wheel)
    parts.streams.add(this)
    callSafely(parts.options.onOpen, this.info)
    parts.meters.opened(this.info)
    this.#unwatch = onDisconnect(request, (reason) => this.subscriber.close('client-closed', reason))
  }

  get weight(): number {
    return this.#companion instanceof Standby ? 0.1 : 1
  }

  /** Clients read the server's clock and load from it. */
  get keepHinting(): boolean {
    return true
  }

  get acknowledgeTimeout(): number {
    return this.#parts.options.acknowledge?.timeout ?? defaultAcknowledgeTimeout
  }

  /** What it says of itself besides its heartbeat and the time. */
  hints(): Hint {
    const hints = this.#parts.hints()
    const { connection } = this
    return connection === undefined ? hints : { ...hints, conn: connection, ack: this.acknowledgeTimeout }
  }

  itemOf(portion: Portion): Uint8Array {
    return bytesOf(portion)
  }

  heartbeatBytes(checkpoint: string | undefined): Uint8Array {
    return heartbeatBytes(this.heartbeat, this.#parts.environment, this.hints(), checkpoint)
  }

  replayFrom(places: readonly Place[]): Replay {
    return new HistoryReplay({ ...this.#parts, feed: this.#lease.feed }, { places })
  }

  tail(): Uint8Array | undefined {
    return this.#lease.feed.tail()
  }

  onClose(close: StreamClose): void {
    const { options, streams, meters } = this.#parts
    this.#unwatch?.()
    this.#companion?.close()
    this.#lease.release()
    streams.remove(this, close)
    for (const each of new Set([options.stream?.onClose, this.#onOwnClose])) callSafely(each, close)
    callSafely(options.onClose, { ...close, ...this.info })
    meters.closed(this.info, close)
  }
}

/** What the application is told of a stream. */
export function infoOf({ topics, identity }: RespondOptions): StreamInfo {
  return identity === undefined ? { topics } : { topics, identity }
}
