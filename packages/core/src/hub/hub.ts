import { type Environment, systemEnvironment } from '../environment.ts'
import { checkArgument, checkOptions } from '../check-options.ts'
import { list } from '../option-rules.ts'
import { callSafely, reportException } from '../report.ts'
import { DeadlineWheel } from '../fanout/deadlines.ts'
import { checkRequest } from '../response/check-request.ts'
import { settingsOf } from '../response/settings.ts'
import { formatEvent } from '../wire/encode.ts'
import { formatPositionId, topicKey } from '../wire/position.ts'
import type { Broker, BrokerEvent } from './broker/broker.ts'
import { checkTopic, checkTopics, toBrokerEvents } from './checks.ts'
import { closeStreams, drainStreams } from './drain.ts'
import { HubClosedError, TopicsFullError } from './errors.ts'
import { HubScope } from './scope.ts'
import { FeedRegistry } from './feed-registry.ts'
import { Fleet, type StreamMatch } from './fleet.ts'
import { LocalSubscription } from './local-subscription.ts'
import { endMark } from './entries.ts'
import {
  aMatch,
  drainOptions,
  hubOptions,
  publishOptions,
  readOptions,
  respondOptions,
  runOptions,
  runSource,
  subscribeOptions,
} from './hub-rules.ts'
import { Meters } from './meters/meters.ts'
import { OpenStreams } from './open-streams.ts'
import { BrokerHealth } from './meters/health.ts'
import { MemoryBroker } from './broker/memory-broker.ts'
import { BrokerProbe } from './meters/probe.ts'
import { watchedBroker } from './meters/watched-broker.ts'
import { meteredPublish } from './meters/publish-meter.ts'
import { PublishToWrite } from './meters/publish-to-write.ts'
import { type RefusalCode, refuse } from './refusal.ts'
import { Responder } from './responder.ts'
import { readEvents } from './read.ts'
import { RecentPages } from './replay/recent-pages.ts'
import { resumePointAt } from './replay/resume.ts'
import { Runs } from './run/runs.ts'
import { readStatus } from './topic-state.ts'
import type { Hub, HubOptions, Published } from './types.ts'

const defaultDrain = 10_000
const closeGrace = 250

/**
 * Make a hub: publish to topics, answer requests with their event streams.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} an option is out of range
 * @throws {InvalidFieldError} `stream.retry` is no non-negative integer
 * @throws {HubScopeError} at the top of a Worker, where `durableObjectHub` is the hub
 */
export function createHub(options: HubOptions = {}): Hub {
  return new StreamHub(options, systemEnvironment)
}

/** {@link createHub} with the world as a parameter. */
export class StreamHub implements Hub {
  readonly #scope = new HubScope()
  readonly #options: HubOptions
  readonly #environment: Environment
  readonly #broker: Broker
  readonly #wheel: DeadlineWheel
  readonly #feeds: FeedRegistry
  readonly #pages: RecentPages
  readonly #streams = new OpenStreams(() => {
    this.#fleet.stopTellingLoad()
    this.#pages.clear()
  })
  readonly #runs: Runs
  readonly #responder: Responder
  readonly #fleet: Fleet
  readonly #meters: Meters
  readonly #health: BrokerHealth
  readonly #probe: BrokerProbe
  readonly #publishToWrite: PublishToWrite
  readonly #log: Pick<Broker, 'publish'>
  readonly #closing = new AbortController()
  #published = 0
  #draining = false

  constructor(options: HubOptions, environment: Environment) {
    checkOptions('createHub', options, hubOptions)
    formatEvent({ retry: options.stream?.retry })
    const report = (error: unknown): void => void callSafely(options.onError ?? reportException, error)
    this.#options = options
    this.#environment = environment
    this.#meters = new Meters(options.trace)
    this.#health = new BrokerHealth(environment, this.#meters)
    this.#broker = watchedBroker(options.broker ?? new MemoryBroker({}, environment), this.#health)
    this.#probe = new BrokerProbe(this.#broker, this.#health, environment)
    this.#wheel = new DeadlineWheel(environment)
    this.#pages = new RecentPages({ broker: this.#broker, environment, wheel: this.#wheel })
    const { maxBufferedBytes } = settingsOf(options.stream ?? {}, environment)
    this.#feeds = new FeedRegistry({
      broker: this.#broker,
      environment,
      maxBytes: maxBufferedBytes,
      onError: report,
      onOpen: (subscription) => {
        this.#runs.watch(subscription)
        subscription.observe({
          onGap: (reason) => subscription.isRead && this.#meters.announced(reason, [subscription.topic]),
        })
      },
    })
    this.#publishToWrite = new PublishToWrite(environment, this.#feeds.flusher)
    this.#log = meteredPublish({
      broker: this.#broker,
      feeds: this.#feeds,
      meters: this.#meters,
      publishToWrite: this.#publishToWrite,
      clock: environment,
    })
    this.#runs = new Runs({
      broker: this.#broker,
      feeds: this.#feeds,
      publish: (topic, event, key) => this.#publish(topic, () => [event], { key }),
      hasReaders: async (topic) => this.#feeds.has(topic) || (await this.count(topic)) > 0,
      closing: this.#closing.signal,
      environment,
      wheel: this.#wheel,
      onError: report,
    })
    const here = {
      load: () => this.#load(),
      hasStreams: () => this.#streams.size > 0,
      count: (topic: string) => this.#streams.count(topic),
      disconnect: (match: StreamMatch) => this.#disconnect(match),
      acknowledge: (connection: string) => this.#acknowledge(connection),
    }
    // A broker of this hub's own has nobody else.
    this.#fleet = new Fleet(here, options.broker?.signals, environment, this.#wheel, report)
    this.#responder = new Responder({
      options,
      environment,
      broker: this.#broker,
      wheel: this.#wheel,
      feeds: this.#feeds,
      streams: this.#streams,
      meters: this.#meters,
      pages: this.#pages,
      hints: () => this.#fleet.hints(),
      newConnection: () => `${this.#fleet.hubId}.${crypto.randomUUID()}`,
    })
  }

  publish: Hub['publish'] = (topic, event, options) => this.#publish(topic, () => toBrokerEvents(event), options)

  run: Hub['run'] = async (topic, source, options = {}) => {
    checkTopic(topic)
    checkArgument('run', 'source', source, runSource)
    checkOptions('run', options, runOptions)
    this.#checkOpen()
    return this.#runs.run(topic, source, options)
  }

  stop: Hub['stop'] = async (topic) => {
    checkTopic(topic)
    this.#checkOpen()
    await this.#runs.stop(topic)
  }

  status: Hub['status'] = async (topic) => {
    checkTopic(topic)
    this.#checkOpen()
    return readStatus(this.#broker, topic, this.#environment.wallTime())
  }

  read: Hub['read'] = async (topic, options = {}) => {
    checkTopic(topic)
    checkOptions('read', options, readOptions)
    this.#checkOpen()
    return readEvents(this.#broker, topic, options)
  }

  end: Hub['end'] = async (topic) => void (await this.#publish(topic, () => [endMark('done')]))

  respond: Hub['respond'] = async (request, options) => {
    checkRequest('respond', request)
    checkArgument('respond', 'options', options, respondOptions)
    checkArgument('respond', 'topics', options.topics, list)
    const topics = checkTopics(options.topics)
    if (request.method !== 'HEAD') this.#scope.check()
    const refuseFor = (code: RefusalCode | undefined): Response | undefined => {
      if (code === undefined) return undefined
      this.#meters.refused(code)
      return refuse(request, code, this.#environment)
    }
    const refuseNow = (): Response | undefined => refuseFor(this.#refusal())
    const refused = refuseNow()
    if (refused) return refused
    await this.#fleet.listen()
    const response = await this.#responder.respond(request, topics, options, refuseNow).catch((error: unknown) => {
      if (error instanceof TopicsFullError) return refuseFor('topics-full') as Response
      throw error
    })
    if (this.#streams.size > 0) this.#fleet.startTellingLoad()
    return response
  }

  subscribe: Hub['subscribe'] = (topics, options = {}) => {
    checkArgument('subscribe', 'topics', topics, list)
    checkOptions('subscribe', options, subscribeOptions)
    const { lastEventId = '', signal } = options
    this.#checkOpen()
    const checked = checkTopics(topics)
    const from = resumePointAt(lastEventId, checked)
    const closing = this.#closing.signal
    return new LocalSubscription({
      from,
      join: () => this.#feeds.join(checked),
      broker: this.#broker,
      environment: this.#environment,
      meters: this.#meters,
      wheel: this.#wheel,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    })
  }

  disconnect: Hub['disconnect'] = async (match) => {
    // What names nobody means everybody, so that a misspelt name must not be taken for none.
    checkArgument('disconnect', 'match', match, aMatch)
    return this.#fleet.disconnect(match)
  }

  acknowledge: Hub['acknowledge'] = (connection, lastEventId) => this.#fleet.acknowledge(connection, lastEventId)

  count: Hub['count'] = (topic) => this.#broker.count?.(topic) ?? this.#fleet.count(topic)

  stats: Hub['stats'] = () => ({
    ...this.#streams.stats(),
    ...this.#meters.stats(),
    topics: this.#feeds.topicCount,
    published: this.#published,
    load: this.#load() ?? 0,
    draining: this.#draining,
    broker: this.#health.stats(),
    publishToWrite: this.#publishToWrite.stats(),
  })

  ready: Hub['ready'] = async () => {
    if (!this.#draining) await this.#probe.ask()
    return !this.#draining && this.#health.stats().state === 'connected'
  }

  drain: Hub['drain'] = async (options = {}) => {
    checkOptions('drain', options, drainOptions)
    const { within = defaultDrain } = options
    this.#draining = true
    await drainStreams(this.#streams, within, this.#environment, this.#wheel)
  }

  close: Hub['close'] = async () => {
    this.#draining = true
    if (this.#closing.signal.aborted) return
    this.#closing.abort(new HubClosedError())
    await closeStreams(this.#streams, closeGrace, this.#environment, this.#wheel)
    await this.#fleet.close()
    // A broker that was given may serve other hubs too: whoever made it closes it.
    if (!this.#options.broker) await this.#broker.close()
  }

  async #publish(
    topic: string,
    events: () => BrokerEvent[],
    options?: Parameters<Hub['publish']>[2],
  ): Promise<Published> {
    this.#checkOpen()
    checkTopic(topic)
    checkOptions('publish', options, publishOptions)
    const stored = events()
    const { position, duplicate } = await this.#log.publish(topic, stored, options)
    if (!duplicate) this.#published += stored.length
    const key = topicKey(topic)
    return { id: formatPositionId(key, new Map([[key, position]])), position, duplicate }
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new HubClosedError()
  }

  #refusal(): RefusalCode | undefined {
    if (this.#draining) return 'draining'
    return this.#streams.size >= (this.#options.maxSubscribers ?? Infinity) ? 'hub-full' : undefined
  }

  #load(): number | undefined {
    const { load, maxSubscribers } = this.#options
    const own = load ? callSafely(load) : maxSubscribers && this.#streams.weight / maxSubscribers
    return own === undefined ? undefined : Math.min(Math.max(own, 0), 1)
  }

  #disconnect(match: StreamMatch): number {
    const streams = this.#streams.matching(match)
    for (const { subscriber } of streams) subscriber.close('disconnected')
    return streams.length
  }

  #acknowledge(connection: string): boolean {
    const stream = this.#streams.acknowledgedAs(connection)
    stream?.subscriber.acknowledge()
    return stream !== undefined
  }
}
