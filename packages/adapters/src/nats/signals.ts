import { callSafely } from '@holdfast/core/adapter'
import type { BrokerSignals } from '@holdfast/core/hub'
import type { Subscription } from '@nats-io/transport-node'
import type { Link } from './link.ts'
import { type Subjects, toToken } from './subjects.ts'

/** Messages between hubs on subjects of their own, which no stream keeps. */
export class NatsSignals implements BrokerSignals {
  readonly #link: Link
  readonly #subjects: Subjects
  readonly #subscriptions = new Set<Subscription>()

  constructor(link: Link, subjects: Subjects) {
    this.#link = link
    this.#subjects = subjects
  }

  async send(hubId: string, text: string): Promise<void> {
    const subject = hubId === '*' ? this.#subjects.ofAllSignals : this.#subjects.ofSignal(toToken(hubId))
    await this.#link.ask('send a signal', async () => this.#link.connection.publish(subject, JSON.stringify(text)))
  }

  async listen(hubId: string, receive: (text: string) => void): Promise<() => Promise<void>> {
    const subjects = [this.#subjects.ofSignal(toToken(hubId)), this.#subjects.ofAllSignals]
    const subscriptions = await this.#link.ask('listen to signals', async () => {
      const made = subjects.map((subject) =>
        this.#link.connection.subscribe(subject, {
          callback: (error, message) => {
            if (!error) callSafely(receive, JSON.parse(message.string()) as string)
          },
        }),
      )
      for (const subscription of made) this.#subscriptions.add(subscription)
      // What is sent from now on is heard: the server has answered after it got the subscription.
      await this.#link.connection.flush()
      return made
    })
    return async () => subscriptions.forEach((subscription) => this.#leave(subscription))
  }

  end(): void {
    for (const subscription of this.#subscriptions) this.#leave(subscription)
  }

  #leave(subscription: Subscription): void {
    this.#subscriptions.delete(subscription)
    subscription.unsubscribe()
  }
}
