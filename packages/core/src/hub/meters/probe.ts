import type { Environment } from '../../environment.ts'
import { BrokerUnavailableError } from '../errors.ts'
import type { Broker } from '../broker/broker.ts'
import type { BrokerHealth } from './health.ts'

/** Nobody need ever publish it: an answer is all that is wanted. */
const probeTopic = 'holdfast-ready'
const askEvery = 1_000
/** Less than the second that Kubernetes gives a probe unless it is told otherwise. */
const patience = 800

/** Asks the broker whether it is there, for a hub that may have had no other reason to for a while. */
export class BrokerProbe {
  readonly #broker: Pick<Broker, 'read'>
  readonly #health: BrokerHealth
  readonly #environment: Environment
  #askedAt = -Infinity
  #asking: Promise<void> | undefined
  /** The last question has not been answered at all. */
  #isSilent = false

  constructor(broker: Pick<Broker, 'read'>, health: BrokerHealth, environment: Environment) {
    this.#broker = broker
    this.#health = health
    this.#environment = environment
  }

  /** Resolves within 800 ms, with what was found out told to the health. Asks once a second at most, one question at a time. */
  ask(): Promise<void> {
    const { requestScoped } = this.#environment
    // A Worker's request cannot wait for another one's answer.
    if (this.#asking && !requestScoped) return this.#asking
    const now = this.#environment.now()
    if (now < this.#askedAt + askEvery || this.#isSilent) return Promise.resolve()
    this.#askedAt = now
    const asking = this.#ask().finally(() => (this.#asking = undefined))
    if (!requestScoped) this.#asking = asking
    return asking
  }

  async #ask(): Promise<void> {
    const { requestScoped } = this.#environment
    const answer = this.#broker.read(probeTopic, 'earliest', 1).then(
      () => this.#health.answered(),
      (error: unknown) => this.#health.failed(error),
    )
    await new Promise<void>((resolve) => {
      const timer = this.#environment.setTimer(() => {
        // What a Worker's request asks may never be answered, because that request is over.
        this.#isSilent = !requestScoped
        this.#health.failed(new BrokerUnavailableError(`Cannot reach the broker: no answer in ${patience} ms`))
        resolve()
      }, patience)
      void answer.then(() => {
        this.#isSilent = false
        this.#environment.clearTimer(timer)
        resolve()
      })
    })
  }
}
