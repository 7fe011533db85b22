import type { Environment } from '../environment.ts'
import { DeadlineWheel } from '../fanout/deadlines.ts'
import { callSafely, reportException } from '../report.ts'
import { settingsOf } from '../response/settings.ts'
import type { Broker } from './broker/broker.ts'
import { MemoryBroker } from './broker/memory-broker.ts'
import { FeedRegistry } from './feed-registry.ts'
import { Fleet } from './fleet.ts'
import { Here } from './here.ts'
import { BrokerHealth } from './meters/health.ts'
import { Meters } from './meters/meters.ts'
import { BrokerProbe } from './meters/probe.ts'
import { meteredPublish } from './meters/publish-meter.ts'
import { PublishToWrite } from './meters/publish-to-write.ts'
import { watchedBroker } from './meters/watched-broker.ts'
import { OpenStreams } from './open-streams.ts'
import { RecentPages } from './replay/recent-pages.ts'
import { Responder } from './responder.ts'
import { Runs, type RunsParts } from './run/runs.ts'
import type { HubOptions } from './types.ts'

/** What a hub is made of. */
export interface HubParts {
  wheel: DeadlineWheel
  /** Watched by `health`. */
  broker: Broker
  health: BrokerHealth
  probe: BrokerProbe
  meters: Meters
  feeds: FeedRegistry
  /** Where events are published. */
  log: Pick<Broker, 'publish'>
  publishToWrite: PublishToWrite
  streams: OpenStreams
  here: Here
  fleet: Fleet
  /** How many event streams a topic has, at all hubs. */
  count(topic: string): Promise<number>
  runs: Runs
  responder: Responder
}

/**
 * Make the parts of a hub, each of those that it uses.
 *
 * @param hub - what runs need of the hub itself
 */
export function createHubParts(
  options: HubOptions,
  environment: Environment,
  hub: Pick<RunsParts, 'publish' | 'closing'>,
): HubParts {
  const onError = (error: unknown): void => void callSafely(options.onError ?? reportException, error)
  const wheel = new DeadlineWheel(environment)
  const meters = new Meters(options.trace)
  const health = new BrokerHealth(environment, meters)
  const broker = watchedBroker(options.broker ?? new MemoryBroker({}, environment), health)
  const world = { broker, environment, wheel, onError }

  const pages = new RecentPages(world)
  const streams = new OpenStreams(() => {
    fleet.stopTellingLoad()
    pages.clear()
  })
  const here = new Here(options, streams)
  // A broker of this hub's own has nobody else.
  const fleet = new Fleet(here, options.broker?.signals, environment, wheel, onError)
  const count = (topic: string): Promise<number> => broker.count?.(topic) ?? fleet.count(topic)

  const { maxBufferedBytes } = settingsOf(options.stream ?? {}, environment)
  const feeds = new FeedRegistry({
    ...world,
    maxBytes: maxBufferedBytes,
    onOpen: (subscription) => {
      runs.watch(subscription)
      subscription.observe({
        onGap: (reason) => subscription.isRead && meters.announced(reason, [subscription.topic]),
      })
    },
  })
  const hasReaders = async (topic: string): Promise<boolean> => feeds.has(topic) || (await count(topic)) > 0
  const runs = new Runs({ ...world, ...hub, feeds, hasReaders })
  const publishToWrite = new PublishToWrite(environment, feeds.flusher)

  return {
    wheel,
    broker,
    health,
    probe: new BrokerProbe(broker, health, environment),
    meters,
    feeds,
    log: meteredPublish({ broker, feeds, meters, publishToWrite, clock: environment }),
    publishToWrite,
    streams,
    here,
    fleet,
    count,
    runs,
    responder: new Responder({
      ...world,
      options,
      feeds,
      streams,
      meters,
      pages,
      hints: () => fleet.hints(),
      newConnection: () => `${fleet.hubId}.${crypto.randomUUID()}`,
    }),
  }
}
