import { type Environment, systemEnvironment } from '../environment.ts'
import { checkArgument, checkOptions } from '../check-options.ts'
import { list } from '../option-rules.ts'
import { checkRequest } from '../response/check-request.ts'
import { formatEvent } from '../wire/encode.ts'
import { formatPositionId, topicKey } from '../wire/position.ts'
import type { BrokerEvent } from './broker/broker.ts'
import { checkTopic, checkTopics, toBrokerEvents } from './checks.ts'
import { closeStreams, drainStreams } from './drain.ts'
import { HubClosedError, TopicsFullError } from './errors.ts'
import { HubScope } from './scope.ts'
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
import { createHubParts, type HubParts } from './hub-parts.ts'
import { type RefusalCode, refuse } from './refusal.ts'
import { readEvents } from './read.ts'
import { resumePointAt } from './replay/resume.ts'
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
  readonly #parts: HubParts
  readonly #closing = new AbortController()
  /** Resolves when all is closed, for whoever asks for it. */
  #closed: Promise<void> | undefined
  #published = 0
  #draining = false

  constructor(options: HubOptions, environment: Environment) {
    checkOptions('createHub', options, hubOptions)
    formatEvent({ retry: options.stream?.retry })
    this.#options = options
    this.#environment = environment
    this.#parts = createHubParts(options, environment, {
      publish: (topic, event, key) => this.#publish(topic, () => [event], { key }),
      closing: this.#closing.signal,
    })
  }

  publish: Hub['publish'] = (topic, event, options) => this.#publish(topic, () => toBrokerEvents(event), options)

  run: Hub['run'] = async (topic, source, options = {}) => {
    checkTopic(topic)
    checkArgument('run', 'source', source, runSource)
    checkOptions('run', options, runOptions)
    this.#checkOpen()
    return this.#parts.runs.run(topic, source, options)
  }

  stop: Hub['stop'] = async (topic) => {
    checkTopic(topic)
    this.#checkOpen()
    await this.#parts.runs.stop(topic)
  }

  status: Hub['status'] = async (topic) => {
    checkTopic(topic)
    this.#checkOpen()
    return readStatus(this.#parts.broker, topic, this.#environment.wallTime())
  }

  read: Hub['read'] = async (topic, options = {}) => {
    checkTopic(topic)
    checkOptions('read', options, readOptions)
    this.#checkOpen()
    return readEvents(this.#parts.broker, topic, options)
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
      this.#parts.meters.refused(code)
      return refuse(request, code, this.#environment)
    }
    const refuseNow = (): Response | undefined => refuseFor(this.#refusal())
    const refused = refuseNow()
    if (refused) return refused
    await this.#parts.fleet.listen()
    const response = await this.#parts.responder
      .respond(request, topics, options, refuseNow)
      .catch((error: unknown) => {
        if (error instanceof TopicsFullError) return refuseFor('topics-full') as Response
        throw error
      })
    if (this.#parts.streams.size > 0) this.#parts.fleet.startTellingLoad()
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
      join: () => this.#parts.feeds.join(checked),
      broker: this.#parts.broker,
      environment: this.#environment,
      meters: this.#parts.meters,
      wheel: this.#parts.wheel,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    })
  }

  disconnect: Hub['disconnect'] = async (match) => {
    // What names nobody means everybody, so that a misspelt name must not be taken for none.
    checkArgument('disconnect', 'match', match, aMatch)
    return this.#parts.fleet.disconnect(match)
  }

  acknowledge: Hub['acknowledge'] = (connection, lastEventId) => this.#parts.fleet.acknowledge(connection, lastEventId)

  count: Hub['count'] = (topic) => this.#parts.count(topic)

  stats: Hub['stats'] = () => ({
    ...this.#parts.streams.stats(),
    ...this.#parts.meters.stats(),
    topics: this.#parts.feeds.topicCount,
    published: this.#published,
    load: this.#parts.here.load() ?? 0,
    draining: this.#draining,
    broker: this.#parts.health.stats(),
    publishToWrite: this.#parts.publishToWrite.stats(),
  })

  ready: Hub['ready'] = async () => {
    if (!this.#draining) await this.#parts.probe.ask()
    return !this.#draining && this.#parts.health.stats().state === 'connected'
  }

  drain: Hub['drain'] = async (options = {}) => {
    checkOptions('drain', options, drainOptions)
    const { within = defaultDrain } = options
    this.#draining = true
    await drainStreams(this.#parts.streams, within, this.#environment, this.#parts.wheel)
  }

  close: Hub['close'] = () => (this.#closed ??= this.#close())

  async #close(): Promise<void> {
    this.#draining = true
    this.#closing.abort(new HubClosedError())
    await closeStreams(this.#parts.streams, closeGrace, this.#environment, this.#parts.wheel)
    await this.#parts.fleet.close()
    // A broker that was given may serve other hubs too: whoever made it closes it.
    if (!this.#options.broker) await this.#parts.broker.close()
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
    const { position, duplicate } = await this.#parts.log.publish(topic, stored, options)
    if (!duplicate) this.#published += stored.length
    const key = topicKey(topic)
    return { id: formatPositionId(key, new Map([[key, position]])), position, duplicate }
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new HubClosedError()
  }

  #refusal(): RefusalCode | undefined {
    if (this.#draining) return 'draining'
    return this.#parts.here.isFull ? 'hub-full' : undefined
  }
}
