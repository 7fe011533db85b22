import { HoldfastError } from '@holdfast/core'
import type { Broker, BrokerListener, HistoryPage, Position } from '@holdfast/core/hub'
import type { Answer, Ask } from './messages.ts'

/** The broker at the other end refused, or the link is closed. */
class BrokerLinkError extends HoldfastError {
  readonly code = 'broker-link'
}

/** A broker that lives in another process. Hand every {@link Answer} that comes in to `receive`. */
export interface LinkBroker extends Broker {
  receive(answer: Answer): void
}

type WithoutCall<T> = T extends Ask ? Omit<T, 'call'> : never
interface Pending {
  resolve(value: unknown): void
  reject(error: BrokerLinkError): void
}

/** Reach a broker over a link that keeps the order of messages and either delivers them or dies with the process. */
export function linkBroker(send: (ask: Ask) => void): LinkBroker {
  const pending = new Map<number, Pending>()
  const listeners = new Map<number, BrokerListener>()
  let lastNumber = 0

  function ask<Result>(question: WithoutCall<Ask>): Promise<Result> {
    const call = ++lastNumber
    return new Promise((resolve, reject) => {
      pending.set(call, { resolve: (value) => resolve(value as Result), reject })
      send({ ...question, call })
    })
  }

  function settle(call: number, use: (caller: Pending) => void): void {
    const caller = pending.get(call)
    pending.delete(call)
    if (caller !== undefined) use(caller)
  }

  return {
    publish: (topic, events, options = {}) => ask({ kind: 'publish', topic, events, key: options.key }),
    read: (topic, after, limit) => ask<HistoryPage>({ kind: 'read', topic, after, limit }),
    async subscribe(topic, listener) {
      const subscription = ++lastNumber
      // Before asking: the first event may be in the same packet as the answer.
      listeners.set(subscription, listener)
      const head = await ask<Position>({ kind: 'subscribe', topic, subscription })
      const unsubscribe = async () => {
        if (listeners.delete(subscription)) await ask({ kind: 'unsubscribe', subscription })
      }
      return { head, unsubscribe }
    },
    receive(answer) {
      if (answer.kind === 'result') settle(answer.call, ({ resolve }) => resolve(answer.value))
      else if (answer.kind === 'failure')
        settle(answer.call, ({ reject }) => reject(new BrokerLinkError(answer.message)))
      else if (answer.kind === 'event') listeners.get(answer.subscription)?.onEvent(answer.event)
      else listeners.get(answer.subscription)?.onLost(new BrokerLinkError(answer.reason))
    },
    close() {
      listeners.clear()
      for (const call of pending.keys()) settle(call, ({ reject }) => reject(new BrokerLinkError('The link is closed')))
      return Promise.resolve()
    },
  }
}
