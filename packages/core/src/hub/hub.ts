import { type Environment, systemEnvironment } from '../environment.ts'
import { callSafely, reportException } from '../report.ts'
import { createBody } from '../stream/body.ts'
import type { Closed } from '../stream/closed.ts'
import { DeadlineWheel } from '../stream/deadlines.ts'
import { eventStreamHeaders } from '../stream/headers.ts'
import { deadlinesOf, openingBytes, settingsOf } from '../stream/settings.ts'
import { Subscriber } from '../stream/subscriber.ts'
import { formatPositionId } from '../wire/position.ts'
import { topicKey } from '../wire/topic-key.ts'
import type { Broker } from './broker.ts'
import { closeMembers, drainMembers } from './drain.ts'
import { HubClosedError } from './errors.ts'
import { type FeedLease, Feeds } from './feeds.ts'
import { LocalSubscription } from './local-subscription.ts'
import { type Member, Members } from './members.ts'
import { MemoryBroker } from './memory-broker.ts'
import { toBrokerEvents } from './publication.ts'
import { refuse, understandsRefusal } from './refusal.ts'
import { checkTopic, checkTopics } from './topics.ts'
import type { Hub, HubOptions, HubStats, Published, RespondOptions } from './types.ts'

const defaultHeartbeat = 10_000
const defaultDrain = 10_000
const closeGrace = 250

/**
 * Make a hub: publish to topics, answer requests with their event streams.
 *
 * @throws {RangeError} a stream option is out of range
 */
export function createHub(options: HubOptions = {}): Hub {
  return new StreamHub(options, systemEnvironment)
}

/** {@link createHub} with the world as a parameter. */
export class StreamHub implements Hub {
  readonly #options: HubOptions
  readonly #environment: Environment
  readonly #broker: Broker
  readonly #wheel: DeadlineWheel
  readonly #feeds: Feeds
  readonly #members = new Members()
  readonly #closing = new AbortController()
  #published = 0
  #draining = false

  constructor(options: HubOptions, environment: Environment) {
    this.#options = options
    this.#environment = environment
    this.#broker = options.broker ?? new MemoryBroker({}, environment)
    this.#wheel = new DeadlineWheel(environment)
    const { maxBufferedBytes } = settingsOf(options.stream ?? {}, environment)
    const onError = options.onError ?? reportException
    this.#feeds = new Feeds(this.#broker, environment, maxBufferedBytes, (error) => void callSafely(onError, error))
  }

  publish: Hub['publish'] = async (topic, event, options = {}) => {
    this.#checkOpen()
    checkTopic(topic)
    const events = toBrokerEvents(event)
    const { position, duplicate } = await this.#broker.publish(topic, events, options)
    if (!duplicate) this.#published += events.length
    const key = topicKey(topic)
    return { id: formatPositionId(key, new Map([[key, position]])), position, duplicate } satisfies Published
  }

  respond: Hub['respond'] = async (request, options) => {
    const topics = checkTopics(options.topics)
    if (this.#draining) return refuse(request, this.#environment)
    const stream = { ...this.#options.stream, ...options.stream }
    const headers = eventStreamHeaders(stream.headers)
    const init = { status: stream.status ?? 200, headers }
    if (request.method === 'HEAD') return new Response(null, init)
    const lease = await this.#feeds.join(topics)
    if (this.#draining) {
      lease.release()
      return refuse(request, this.#environment)
    }
    const settings = settingsOf(stream, this.#environment, defaultHeartbeat)
    const member = this.#admit(request, { ...options, stream }, lease)
    return new Response(createBody(member.subscriber, this.#environment, settings.heartbeat), init)
  }

  subscribe: Hub['subscribe'] = (topics, { signal } = {}) => {
    this.#checkOpen()
    const checked = checkTopics(topics)
    const signals = signal ? [signal, this.#closing.signal] : [this.#closing.signal]
    return new LocalSubscription(() => this.#feeds.join(checked), AbortSignal.any(signals))
  }

  disconnect: Hub['disconnect'] = async (match) => {
    const members = this.#members.matching(match)
    for (const { subscriber } of members) subscriber.close('disconnected')
    return members.length
  }

  count: Hub['count'] = async (topic) => this.#members.count(topic)

  stats: Hub['stats'] = () =>
    ({
      ...this.#members.stats(),
      topics: this.#feeds.topicCount,
      published: this.#published,
      draining: this.#draining,
    }) satisfies HubStats

  drain: Hub['drain'] = async ({ within = defaultDrain } = {}) => {
    this.#draining = true
    await drainMembers(this.#members, within, this.#environment, this.#wheel)
  }

  close: Hub['close'] = async () => {
    this.#draining = true
    if (this.#closing.signal.aborted) return
    this.#closing.abort(new HubClosedError())
    await closeMembers(this.#members, closeGrace, this.#environment, this.#wheel)
    // A broker that was given may serve other hubs too: whoever made it closes it.
    if (!this.#options.broker) await this.#broker.close()
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new HubClosedError()
  }

  #admit(request: Request, { topics, identity, expiresAt, stream = {} }: RespondOptions, lease: FeedLease): Member {
    const environment = this.#environment
    const settings = settingsOf(stream, environment, defaultHeartbeat)
    const info = identity === undefined ? { topics } : { topics, identity }
    const gone = (): void => subscriber.close('client-closed', request.signal.reason)
    const onClose = (close: Closed): void => {
      request.signal.removeEventListener('abort', gone)
      lease.release()
      this.#members.remove(member, close)
      callSafely(stream.onClose, close)
      callSafely(this.#options.onClose, { ...close, ...info })
    }
    const deadlines = {
      ...deadlinesOf(settings, environment),
      expiresAt: expiresAt === undefined ? Infinity : environment.now() + expiresAt - environment.wallTime(),
    }
    const opening = openingBytes(settings, environment, lease.feed.checkpoint)
    const subscriber = new Subscriber(lease.feed.feed, { ...deadlines, opening, onClose }, environment, this.#wheel)
    const member = { info, subscriber, movesItself: understandsRefusal(request) }
    this.#members.add(member)
    request.signal.addEventListener('abort', gone, { once: true })
    if (request.signal.aborted) gone()
    callSafely(this.#options.onOpen, info)
    return member
  }
}
