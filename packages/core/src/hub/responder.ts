import type { Environment } from '../environment.ts'
import { callSafely } from '../report.ts'
import { createBody } from '../response/body.ts'
import type { StreamClose } from '../fanout/stream-close.ts'
import type { DeadlineWheel } from '../fanout/deadlines.ts'
import { encodeEnd } from '../response/end.ts'
import { responseInitOf } from '../response/headers.ts'
import { isHoldfastClient, keepsVector, lastEventIdOf, onDisconnect, urlOf } from '../response/request.ts'
import { deadlinesOf, openingBytes, type OwnHints, type StreamSettings, settingsOf } from '../response/settings.ts'
import { Subscriber, type SubscriberOptions } from '../fanout/subscriber.ts'
import type { Hint } from '../wire/hints.ts'
import type { Broker } from './broker/broker.ts'
import type { Lease, FeedRegistry } from './feed-registry.ts'
import type { Meters } from './meters/meters.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'
import { hasId, resume, type Resumption, resumePointOf } from './replay/resume.ts'
import { Poll } from './poll.ts'
import type { RecentPages } from './replay/recent-pages.ts'
import { Standby } from './standby.ts'
import type { StreamInfo } from './trace.ts'
import type { HubOptions, RespondOptions } from './types.ts'

const defaultAcknowledgeTimeout = 30_000

/** What a hub's responses are made from. */
export interface ResponderParts {
  options: HubOptions
  environment: Environment
  broker: Broker
  wheel: DeadlineWheel
  feeds: FeedRegistry
  streams: OpenStreams
  meters: Meters
  pages: RecentPages
  /** What every client of the hub is told. */
  hints: OwnHints
  newConnection(): string
}

interface Opening {
  request: Request
  lease: Lease
  settings: StreamSettings
  query: URLSearchParams
  options: RespondOptions
  /** Its name, when it asked to acknowledge. */
  connection: string | undefined
}

/** Makes event streams of topics: each is a subscriber of its topics' feed, with what it missed before that. */
export class Responder {
  readonly #parts: ResponderParts

  constructor(parts: ResponderParts) {
    this.#parts = parts
  }

  /** @param refuse - asked once the feed is open, when there may be a reason not to admit the client any more */
  async respond(
    request: Request,
    topics: ReadonlyMap<string, string>,
    options: RespondOptions,
    refuse: () => Response | undefined,
  ): Promise<Response> {
    const stream = { ...this.#parts.options.stream, ...options.stream }
    const init = responseInitOf(stream)
    const query = urlOf(request).searchParams
    const settings = withWishes(settingsOf(stream, this.#parts.environment, request), query)
    if (request.method === 'HEAD') return new Response(null, init)
    const lease = await this.#parts.feeds.join(topics)
    const isPoll = query.get('mode') === 'poll'
    if (isPoll) {
      init.headers = Poll.headersOf(init.headers)
      if (settings.retry !== undefined) settings.retry = Poll.retry
    }
    const connection = query.get('ack') === '1' ? this.#parts.newConnection() : undefined
    const opening: Opening = { request, lease, settings, query, options: { ...options, stream }, connection }
    try {
      const refused = refuse()
      const subscriber =
        refused ?? (query.get('mode') === 'standby' ? this.#standBy(opening) : this.#subscribe(opening))
      if (subscriber instanceof Subscriber) {
        return new Response(createBody(subscriber, this.#parts.environment, settings.heartbeat), init)
      }
      lease.release()
      return subscriber
    } catch (error) {
      lease.release()
      throw error
    }
  }

  #subscribe(opening: Opening): Subscriber | Response {
    const { broker, pages, environment, meters, wheel } = this.#parts
    const { request, lease, options } = opening
    const from = resumePointOf(request, lease.feed.topics)
    const { start, filter } = options
    const how = { start, filter, keepsVector: keepsVector(request) }
    const resumption = resume({ broker, pages, lease, environment, meters }, from, how)
    const { end } = lease.feed
    // It has everything: 204 keeps native EventSource from coming back (WHATWG HTML, section 9.2.3).
    if (end && resumption.replay === undefined) return new Response(null, { status: 204 })
    const isPoll = opening.query.get('mode') === 'poll'
    const poll = isPoll ? new Poll(opening.query, hasId(from), environment, wheel) : undefined
    const subscriber = this.#open(opening, resumption, 1, poll)
    poll?.begin(subscriber)
    if (hasId(from)) meters.resumed(infoOf(options), lastEventIdOf(request))
    if (end) subscriber.finish('ended', encodeEnd(end))
    return subscriber
  }

  #standBy(opening: Opening): Subscriber {
    const { environment, wheel } = this.#parts
    const { feed } = opening.lease
    const { filter } = opening.options
    const standby = new Standby(feed, filter, () => this.#hints(opening), environment, wheel)
    // Of a filtered stream it is not known which event was its last.
    const hints = filter ? {} : { at: feed.checkpoint }
    const subscriber = this.#open(opening, { places: [], hints }, 0.1, standby)
    standby.tell(subscriber)
    return subscriber
  }

  #open(
    opening: Opening,
    { hints, checkpoint, ...resumption }: Resumption & { hints?: Hint },
    weight: number,
    companion?: Standby | Poll,
  ): Subscriber {
    const { environment, streams, options, wheel, meters } = this.#parts
    const { request, lease, settings, connection } = opening
    const { expiresAt = Infinity, stream } = opening.options
    const info = infoOf(opening.options)
    let release = (): void => {}
    const onClose = (close: StreamClose): void => {
      release()
      companion?.close()
      lease.release()
      streams.remove(openStream, close)
      for (const each of new Set([options.stream?.onClose, stream?.onClose])) callSafely(each, close)
      callSafely(options.onClose, { ...close, ...info })
      meters.closed(info, close)
    }
    const own = (): Hint => this.#hints(opening)
    const subscriberOptions: SubscriberOptions = {
      ...deadlinesOf(settings, environment, own),
      ...resumption,
      opening: openingBytes(
        settings,
        environment,
        { ...own(), topics: [...lease.feed.topics.values()], ...hints },
        checkpoint,
      ),
      expiresAt: environment.now() + expiresAt - environment.wallTime(),
      keepHinting: true,
      acknowledgeTimeout: options.acknowledge?.timeout ?? defaultAcknowledgeTimeout,
      onClose,
      ...(companion instanceof Poll && { onCaughtUp: () => companion.caughtUp() }),
    }
    const subscriber = new Subscriber(subscriberOptions, environment, wheel)
    // One that ends soon anyway moves by coming back.
    const movesItself = isHoldfastClient(request) && !(companion instanceof Poll)
    const openStream: OpenStream = { info, subscriber, weight, connection, movesItself }
    streams.add(openStream)
    callSafely(options.onOpen, info)
    meters.opened(info)
    release = onDisconnect(request, (reason) => subscriber.close('client-closed', reason))
    return subscriber
  }

  #hints({ connection }: Opening): Hint {
    const { options, hints } = this.#parts
    const timeout = options.acknowledge?.timeout ?? defaultAcknowledgeTimeout
    return connection === undefined ? hints() : { ...hints(), conn: connection, ack: timeout }
  }
}

function infoOf({ topics, identity }: RespondOptions): StreamInfo {
  return identity === undefined ? { topics } : { topics, identity }
}

// A client may ask for another heartbeat (`?heartbeat=`, milliseconds), but neither flood nor silence.
const [shortestHeartbeat, longestHeartbeat] = [1_000, 60_000]

function withWishes(settings: StreamSettings, query: URLSearchParams): StreamSettings {
  const wish = Number(query.get('heartbeat') ?? NaN)
  if (!(wish > 0) || settings.heartbeat === Infinity) return settings
  return { ...settings, heartbeat: Math.min(Math.max(wish, shortestHeartbeat), longestHeartbeat) }
}
