import type { Environment } from '../../environment.ts'

/** What a hub has seen of its broker. Counters count from the hub's creation. */
export interface BrokerStats {
  /**
   * `lost` after a call that the broker could not serve, and while a subscription has missed something and has not caught
   * up; `connected` again with the next answer.
   */
  state: 'connected' | 'lost'
  losses: number
  recoveries: number
}

/** Who is told of a change. */
export interface BrokerHealthListener {
  onLost(reason: unknown): void
  /** @param duration - milliseconds since it was lost */
  onRecovered(duration: number): void
}

/** Whether the broker is there, by what is seen of it: see {@link watchedBroker}. */
export class BrokerHealth {
  readonly #clock: Pick<Environment, 'now'>
  readonly #listener: BrokerHealthListener
  /** It was not there when it was last asked. */
  #isAway = false
  /** Topics of which something was missed. */
  readonly #behind = new Set<string>()
  #lostAt: number | undefined
  #losses = 0
  #recoveries = 0

  constructor(clock: Pick<Environment, 'now'>, listener: BrokerHealthListener) {
    this.#clock = clock
    this.#listener = listener
  }

  stats(): BrokerStats {
    const state = this.#lostAt === undefined ? 'connected' : 'lost'
    return { state, losses: this.#losses, recoveries: this.#recoveries }
  }

  /** It has done what it was asked for. */
  answered(): void {
    if (!this.#isAway) return
    this.#isAway = false
    this.#look()
  }

  /** It could not be reached, or did not answer. */
  failed(reason: unknown): void {
    this.#isAway = true
    this.#look(reason)
  }

  /** Events of a topic may have been missed. */
  missed(topic: string, reason: unknown): void {
    this.#behind.add(topic)
    this.#look(reason)
  }

  /** Everything of the topic is known again. */
  caughtUp(topic: string): void {
    if (this.#behind.delete(topic)) this.#look()
  }

  /** Nobody here reads the topic any more. That the last one left who had missed something does not bring a broker back. */
  left(topic: string): void {
    if (this.#behind.delete(topic) && this.#behind.size === 0) this.#isAway = true
  }

  #look(reason?: unknown): void {
    const isLost = this.#isAway || this.#behind.size > 0
    if (isLost && this.#lostAt === undefined) {
      this.#lostAt = this.#clock.now()
      this.#losses++
      this.#listener.onLost(reason)
    } else if (!isLost && this.#lostAt !== undefined) {
      const duration = this.#clock.now() - this.#lostAt
      this.#lostAt = undefined
      this.#recoveries++
      this.#listener.onRecovered(duration)
    }
  }
}
