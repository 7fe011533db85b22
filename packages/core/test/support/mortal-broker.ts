import type { Broker } from '../../src/hub/broker/broker.ts'
import { BrokerUnavailableError } from '../../src/hub/errors.ts'

/**
 * A process's way to its engine. Held, it lets nothing through in either direction, and everything once it is let go; one
 * that is never let go is as good as dead.
 */
export class MortalBroker implements Broker {
  readonly #engine: Broker
  #held: Promise<void> | undefined
  #release: () => void = () => {}
  /** How what was stored comes. Default at once. */
  delay: (tell: () => void) => void = (tell) => tell()
  /** It refuses what is to be stored. */
  isAway = false

  constructor(engine: Broker) {
    this.#engine = engine
  }

  hold(): void {
    this.#held ??= new Promise((resolve) => (this.#release = resolve))
  }

  letGo(): void {
    this.#held = undefined
    this.#release()
  }

  publish: Broker['publish'] = async (...published) => {
    await this.#held
    if (this.isAway) throw new BrokerUnavailableError('The engine is away')
    return this.#engine.publish(...published)
  }

  read: Broker['read'] = async (...page) => {
    await this.#held
    const read = await this.#engine.read(...page)
    await this.#held
    return read
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    await this.#held
    // In order, also what comes while others are still waiting.
    let told = Promise.resolve()
    const tell = (action: () => void): void => {
      if (this.#held) told = Promise.all([told, this.#held]).then(action)
      else action()
    }
    return this.#engine.subscribe(topic, {
      onEvent: (event) => this.delay(() => tell(() => listener.onEvent(event))),
      onLost: (reason) => tell(() => listener.onLost(reason)),
    })
  }

  close: Broker['close'] = async () => {}
}
