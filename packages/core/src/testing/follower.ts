import type { Broker, BrokerListener, HistoryPage, Position, StoredEvent } from '../hub/broker/broker.ts'
import { comparePositions } from '../wire/position.ts'
import { pause } from './assert.ts'

/** Follows a topic as a hub does: live, and from the history after a hole, another epoch or a lost connection. */
export class Follower implements BrokerListener {
  readonly events: StoredEvent[] = []
  readonly gaps: string[] = []
  /** How often the broker said that events may have been lost. */
  losses = 0
  readonly #broker: Broker
  readonly #topic: string
  #position: Position | undefined
  #reading = false
  #stale = false

  constructor(broker: Broker, topic: string) {
    this.#broker = broker
    this.#topic = topic
  }

  get texts(): string[] {
    return this.events.map(({ data }) => data)
  }

  async open(): Promise<void> {
    const { head } = await this.#broker.subscribe(this.#topic, this)
    this.#position ??= head
  }

  onEvent(event: StoredEvent): void {
    const { epoch, offset } = event.position
    const last = this.#position
    if (this.#reading) this.#stale = true
    else if (!last || (epoch === last.epoch && offset === last.offset + 1)) this.#take(event)
    else void this.#catchUp()
  }

  onLost(): void {
    this.losses++
    void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    this.#stale = true
    if (this.#reading) return
    this.#reading = true
    while (this.#stale) {
      this.#stale = false
      const page = await this.#read()
      if (!page) break
      if (page.gap) this.#skip(page.gap, page)
      for (const event of page.events) this.#take(event)
      this.#stale ||= page.more
    }
    this.#reading = false
  }

  // Also where there is nothing yet: what is announced once is not announced again.
  #skip(gap: string, { events: [first], head }: HistoryPage): void {
    this.gaps.push(gap)
    this.#position = first ? { ...first.position, offset: first.position.offset - 1 } : head
  }

  // The engine may be away for a while; undefined when it stays away for good.
  async #read(): Promise<HistoryPage | undefined> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        return await this.#broker.read(this.#topic, this.#position ?? 'earliest', 100)
      } catch {
        await pause(25)
      }
    }
    return undefined
  }

  #take(event: StoredEvent): void {
    const last = this.#position
    if (last && last.epoch === event.position.epoch && comparePositions(event.position, last) <= 0) return
    this.#position = event.position
    this.events.push(event)
  }
}
