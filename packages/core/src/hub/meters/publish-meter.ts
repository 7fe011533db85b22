import type { Environment } from '../../environment.ts'
import type { Broker } from '../broker/broker.ts'
import type { FeedRegistry } from '../feed-registry.ts'
import type { Meters } from './meters.ts'
import type { PublishToWrite } from './publish-to-write.ts'

/** What a {@link meteredPublish} is made from. */
export interface PublishMeterParts {
  broker: Broker
  feeds: FeedRegistry
  meters: Meters
  publishToWrite: PublishToWrite
  clock: Pick<Environment, 'now'>
}

/** A broker's `publish`, measured where somebody reads the topic here, or traces. */
export function meteredPublish({
  broker,
  feeds,
  meters,
  publishToWrite,
  clock,
}: PublishMeterParts): Pick<Broker, 'publish'> {
  const publish: Broker['publish'] = (topic, events, options) => {
    const heard = feeds.subscriptionOf(topic)
    const subscription = heard?.isRead ? heard : undefined
    if (!subscription && !meters.traces) return broker.publish(topic, events, options)
    const startedAt = clock.now()
    const answer = broker.publish(topic, events, options)
    const tell = (outcome: { error: unknown } | Awaited<typeof answer>): void => {
      if (!meters.traces) return
      meters.published({ topic, events: events.length, duration: clock.now() - startedAt, ...outcome })
    }
    answer.then(
      (stored) => {
        if (subscription && !stored.duplicate) publishToWrite.stored(subscription, stored.position, startedAt)
        tell(stored)
      },
      (error: unknown) => tell({ error }),
    )
    return answer
  }
  return { publish }
}
