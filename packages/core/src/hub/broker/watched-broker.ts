import { BrokerUnavailableError } from '../errors.ts'
import type { Broker } from './broker.ts'
import type { BrokerHealth } from './health.ts'

/** The same broker, its health known from what it answers and tells. */
export function watchedBroker(broker: Broker, health: BrokerHealth): Broker {
  const answered = (): void => health.answered()
  const failed = (error: unknown): void => {
    // Of any other error it is not known whose fault it is.
    if (error instanceof BrokerUnavailableError) health.failed(error)
  }
  // Beside its caller, who gets the same promise and waits no longer for it.
  const watch = <T>(answer: Promise<T>): Promise<T> => {
    answer.then(answered, failed)
    return answer
  }
  return {
    publish: (...publication) => watch(broker.publish(...publication)),
    read: async (topic, ...range) => {
      const page = await watch(broker.read(topic, ...range))
      if (!page.more) health.caughtUp(topic)
      return page
    },
    subscribe: (topic, listener) => watch(subscribe(broker, health, topic, listener)),
    signals: broker.signals,
    ...(broker.count && { count: async (topic: string) => (await broker.count?.(topic)) ?? 0 }),
    close: () => broker.close(),
  }
}

async function subscribe(
  broker: Broker,
  health: BrokerHealth,
  ...[topic, listener]: Parameters<Broker['subscribe']>
): ReturnType<Broker['subscribe']> {
  let isRead = true
  const leave = (): void => {
    isRead = false
    health.left(topic)
  }
  try {
    const { head, unsubscribe } = await broker.subscribe(topic, {
      onEvent: (event) => listener.onEvent(event),
      onLost: (reason) => {
        if (isRead) health.missed(topic, reason)
        listener.onLost(reason)
      },
    })
    return { head, unsubscribe: () => (leave(), unsubscribe()) }
  } catch (error) {
    leave()
    throw error
  }
}
