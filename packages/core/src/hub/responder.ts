import type { Environment } from '../environment.ts'
import { callSafely } from '../report.ts'
import { createBody } from '../stream/body.ts'
import type { Closed } from '../stream/closed.ts'
import type { DeadlineWheel } from '../stream/deadlines.ts'
import { encodeEnd } from '../stream/end.ts'
import type { FeedEntry } from '../stream/feed.ts'
import { responseInitOf } from '../stream/headers.ts'
import { deadlinesOf, openingBytes, type StreamSettings, settingsOf } from '../stream/settings.ts'
import { Subscriber, type SubscriberOptions } from '../stream/subscriber.ts'
import type { Broker } from './broker.ts'
import type { FeedLease, Feeds } from './feeds.ts'
import { gapEvent } from './gap.ts'
import { HistoryReader } from './history-reader.ts'
import type { Member, Members } from './members.ts'
import { understandsRefusal } from './refusal.ts'
import { Replay } from './replay.ts'
import { earliest, type ResumePoint, resumePointFrom, resumePointOf } from './resume.ts'
import type { HubEvent, HubOptions, RespondOptions } from './types.ts'

const defaultHeartbeat = 10_000

/** What a hub's responses are made from. */
export interface ResponderParts {
  options: HubOptions
  environment: Environment
  broker: Broker
  wheel: DeadlineWheel
  feeds: Feeds
  members: Members
}

type Deadlines = Pick<SubscriberOptions, 'heartbeat' | 'stallTimeout' | 'oldAt' | 'expiresAt' | 'heartbeatBytes'>
type Reading = Pick<SubscriberOptions, 'opening' | 'lastId' | 'backlog' | 'refill' | 'accepts'>

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
    const { environment, feeds } = this.#parts
    const stream = { ...this.#parts.options.stream, ...options.stream }
    const init = responseInitOf(stream)
    const settings = settingsOf(stream, environment, defaultHeartbeat)
    if (request.method === 'HEAD') return new Response(null, init)
    const from = resumePointOf(request, topics)
    const lease = await feeds.join(topics)
    const refused = refuse()
    if (refused) {
      lease.release()
      return refused
    }
    const { end } = lease.feed
    const reading = this.#reading(lease, end ? fromStart(from, topics) : from, settings, options.filter)
    if (end && reading.backlog === undefined) {
      // It has everything: 204 keeps native EventSource from coming back (WHATWG HTML, section 9.2.3).
      lease.release()
      return new Response(null, { status: 204 })
    }
    const subscriber = this.#admit(request, lease, reading, settings, { ...options, stream })
    if (end) subscriber.finish('ended', encodeEnd(end))
    return new Response(createBody(subscriber, environment, settings.heartbeat), init)
  }

  #admit(
    request: Request,
    lease: FeedLease,
    reading: Reading,
    settings: StreamSettings,
    { topics, identity, expiresAt, stream }: RespondOptions,
  ): Subscriber {
    const { environment, members, options, wheel } = this.#parts
    const info = identity === undefined ? { topics } : { topics, identity }
    const gone = (): void => subscriber.close('client-closed', request.signal.reason)
    const onClose = (close: Closed): void => {
      request.signal.removeEventListener('abort', gone)
      lease.release()
      members.remove(member, close)
      callSafely(stream?.onClose, close)
      callSafely(options.onClose, { ...close, ...info })
    }
    const subscriber = new Subscriber(
      lease.feed.feed,
      { ...reading, ...this.#deadlines(settings, expiresAt), onClose },
      environment,
      wheel,
    )
    const member: Member = { info, subscriber, movesItself: understandsRefusal(request) }
    members.add(member)
    callSafely(options.onOpen, info)
    request.signal.addEventListener('abort', gone, { once: true })
    if (request.signal.aborted) gone()
    return subscriber
  }

  #reading(lease: FeedLease, from: ResumePoint, settings: StreamSettings, filter: RespondOptions['filter']): Reading {
    const { broker, environment } = this.#parts
    const accepts = filter && acceptor(filter)
    const replay = (point: ResumePoint): { reader: HistoryReader; backlog: Replay } => {
      const reader = new HistoryReader(broker, lease.feed, point, lease.since, environment)
      return { reader, backlog: new Replay(reader, accepts) }
    }
    const { reader, backlog } = replay(from)
    // A client that comes with an id of its own, or begins before anything known here, is told when the first page is.
    const told = from.unknownId === undefined && ![...from.positions.values()].includes('earliest')
    return {
      opening: openingBytes(settings, environment, told ? reader.checkpoint : undefined),
      lastId: reader.checkpoint,
      backlog: reader.idle ? undefined : backlog,
      refill: (lastId: string) => replay(resumePointFrom(lastId, lease.feed.topics)).backlog,
      accepts,
    }
  }

  #deadlines(settings: StreamSettings, expiresAt: number | undefined): Deadlines {
    const { environment } = this.#parts
    const expiry = expiresAt === undefined ? Infinity : environment.now() + expiresAt - environment.wallTime()
    return { ...deadlinesOf(settings, environment), expiresAt: expiry }
  }
}

/** Who comes to a topic that has ended without saying from where gets all of it. */
function fromStart(from: ResumePoint, topics: ReadonlyMap<string, string>): ResumePoint {
  return from.positions.size === 0 && from.unknownId === undefined ? earliest(topics) : from
}

/** A filter as a subscriber applies it: what it throws rejects the event, and a gap is never filtered out. */
function acceptor(filter: (event: HubEvent) => boolean): (entry: FeedEntry) => boolean {
  return (entry) => {
    const event = entry.event as HubEvent | undefined
    return event !== undefined && (event.event === gapEvent || callSafely(filter, event) === true)
  }
}
