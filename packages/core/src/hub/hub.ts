import { type Environment, systemEnvironment } from '../environment.ts'
import { callSafely, reportException } from '../report.ts'
import { DeadlineWheel } from '../stream/deadlines.ts'
import { settingsOf } from '../stream/settings.ts'
import { formatPositionId } from '../wire/position.ts'
import { topicKey } from '../wire/topic-key.ts'
import type { Broker } from './broker.ts'
import { closeMembers, drainMembers } from './drain.ts'
import { HubClosedError } from './errors.ts'
import { Feeds } from './feeds.ts'
import { LocalSubscription } from './local-subscription.ts'
import { Members } from './members.ts'
import { MemoryBroker } from './memory-broker.ts'
import { toBrokerEvents } from './publication.ts'
import { refuse } from './refusal.ts'
import { Responder } from './responder.ts'
import { earliest, resumePointFrom } from './resume.ts'
import { checkTopic, checkTopics } from './topics.ts'
import type { Hub, HubOptions, HubStats, Published } from './types.ts'

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
  readonly #responder: Responder
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
    this.#responder = new Responder({
      options,
      environment,
      broker: this.#broker,
      wheel: this.#wheel,
      feeds: this.#feeds,
      members: this.#members,
    })
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
    const refuseNow = (): Response | undefined => (this.#draining ? refuse(request, this.#environment) : undefined)
    return refuseNow() ?? this.#responder.respond(request, topics, options, refuseNow)
  }

  subscribe: Hub['subscribe'] = (topics, { lastEventId = '', signal } = {}) => {
    this.#checkOpen()
    const checked = checkTopics(topics)
    const from = lastEventId === 'earliest' ? earliest(checked) : resumePointFrom(lastEventId, checked)
    const signals = signal ? [signal, this.#closing.signal] : [this.#closing.signal]
    return new LocalSubscription({
      from,
      join: () => this.#feeds.join(checked),
      broker: this.#broker,
      environment: this.#environment,
      signal: AbortSignal.any(signals),
    })
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
}
