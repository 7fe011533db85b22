import type { Broker, BrokerListener, Position, StoredEvent } from '../hub/broker/broker.ts'
import { check } from './assert.ts'

/** Notes what a subscription hears. */
export class Recorder implements BrokerListener {
  readonly events: StoredEvent[] = []
  readonly losses: unknown[] = []
  #head: Position | undefined
  #unsubscribe: (() => Promise<void>) | undefined

  get head(): Position {
    check(this.#head !== undefined, 'Not subscribed')
    return this.#head
  }

  get texts(): string[] {
    return this.events.map(({ data }) => data)
  }

  get offsets(): number[] {
    return this.events.map(({ position }) => position.offset)
  }

  async listen(broker: Broker, topic: string): Promise<void> {
    const { head, unsubscribe } = await broker.subscribe(topic, this)
    this.#head = head
    this.#unsubscribe = unsubscribe
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.()
  }

  onEvent(event: StoredEvent): void {
    this.events.push(event)
  }

  onLost(reason: unknown): void {
    this.losses.push(reason)
  }
}

/** Fail unless offsets are `first`, `first + 1` and so on. */
export function checkContiguous(what: string, offsets: readonly number[], first: number): void {
  const wrong = offsets.findIndex((offset, index) => offset !== first + index)
  check(
    wrong < 0,
    `${what}: expected offset ${first + wrong} at ${wrong}, got ${offsets[wrong]} in ${offsets.join(' ').slice(0, 200)}`,
  )
}
