import { BrokerUnavailableError } from '../../src/hub/errors.ts'
import type { Broker, BrokerListener } from '../../src/hub/broker/broker.ts'
import { memoryBroker } from '../../src/hub/broker/memory-broker.ts'

/** A broker whose engine can go away. */
export interface OutageBroker extends Broker {
  /** How it answers: as it should, by refusing, or not at all. */
  mood: 'well' | 'away' | 'silent'
  /** Topics that were read, in order. */
  readonly reads: string[]
  /** Tell the subscriptions of all topics that events may have been missed. */
  lose(reason: unknown): void
}

/** @param inner - what is there while it is well */
export function outageBroker(inner: Broker = memoryBroker()): OutageBroker {
  const listeners = new Set<BrokerListener>()
  const reach = async (): Promise<void> => {
    if (broker.mood === 'away') throw new BrokerUnavailableError('Cannot reach 10.0.0.7')
    if (broker.mood === 'silent') await new Promise<void>(() => {})
  }
  const broker: OutageBroker = {
    mood: 'well',
    reads: [],
    lose: (reason) => listeners.forEach((listener) => listener.onLost(reason)),
    publish: async (...publication) => (await reach(), inner.publish(...publication)),
    read: async (topic, ...range) => {
      broker.reads.push(topic)
      await reach()
      return inner.read(topic, ...range)
    },
    subscribe: async (topic, listener) => {
      await reach()
      const { head, unsubscribe } = await inner.subscribe(topic, listener)
      listeners.add(listener)
      return { head, unsubscribe: () => (listeners.delete(listener), unsubscribe()) }
    },
    close: () => inner.close(),
  }
  return broker
}
