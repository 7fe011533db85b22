import type { Broker } from '@holdfast/core/hub'
import type { Answer, Ask } from './messages.ts'

/** The end of a link at which the broker is. */
export interface LinkHost {
  receive(ask: Ask): void
  /** Drop what the other end subscribed to; the broker stays. */
  close(): void
}

/** Let one other process use a broker. */
export function hostBroker(broker: Broker, send: (answer: Answer) => void): LinkHost {
  const subscriptions = new Map<number, Promise<{ unsubscribe(): Promise<void> }>>()

  async function subscribe(topic: string, subscription: number): Promise<unknown> {
    const tell = (answer: Answer) => subscriptions.has(subscription) && send(answer)
    const subscribed = broker.subscribe(topic, {
      onEvent: (event) => tell({ kind: 'event', subscription, event }),
      onLost: (reason) => tell({ kind: 'lost', subscription, reason: String(reason) }),
    })
    subscriptions.set(subscription, subscribed)
    return (await subscribed).head
  }

  async function unsubscribe(subscription: number): Promise<void> {
    const subscribed = subscriptions.get(subscription)
    subscriptions.delete(subscription)
    await (await subscribed)?.unsubscribe()
  }

  function perform(ask: Ask): Promise<unknown> {
    switch (ask.kind) {
      case 'publish':
        return broker.publish(ask.topic, ask.events, { key: ask.key })
      case 'read':
        return broker.read(ask.topic, ask.after, ask.limit)
      case 'subscribe':
        return subscribe(ask.topic, ask.subscription)
      case 'unsubscribe':
        return unsubscribe(ask.subscription)
    }
  }

  return {
    receive(ask) {
      perform(ask).then(
        (value) => send({ kind: 'result', call: ask.call, value }),
        (error: unknown) => send({ kind: 'failure', call: ask.call, message: String(error) }),
      )
    },
    close() {
      // A failure to unsubscribe is nobody's: the process that subscribed is gone.
      for (const subscription of subscriptions.keys()) unsubscribe(subscription).catch(() => {})
    },
  }
}
