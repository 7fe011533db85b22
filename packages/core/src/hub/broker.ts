import type { Position } from '../wire/position.ts'

export type { Position } from '../wire/position.ts'

/** An event as a broker keeps it. */
export interface StoredEvent {
  position: Position
  event?: string | undefined
  /** Already serialised: what is written on the wire. */
  data: string
}

/** An event on its way into a broker. */
export interface BrokerEvent {
  event?: string | undefined
  data: string
}

/** One page of a topic's history. */
export interface HistoryPage {
  /** In order, contiguous from `after` unless `gap` says otherwise. */
  events: StoredEvent[]
  /** The topic's newest position at the time of reading. */
  head: Position
  /** True when the next page is not empty. */
  more: boolean
  /** Why the page does not begin right after the position asked for. */
  gap?: 'trimmed' | 'new-epoch' | undefined
}

/** What a broker tells a subscription. */
export interface BrokerListener {
  /** Called in the order of positions, once for each event after `head`. */
  onEvent(event: StoredEvent): void
  /** Events may have been missed: the hub reads again from its last position. */
  onLost(reason: unknown): void
}

/** Messages between hubs that need no history: acknowledgements, load, disconnects. At most once, in no order. */
export interface BrokerSignals {
  /** Send to one hub, or with `*` to all that listen, the sender included. */
  send(hubId: string, text: string): Promise<void>
  /** Hear what is sent to `hubId` and to `*`, until the function it resolves with is called. */
  listen(hubId: string, receive: (text: string) => void): Promise<() => Promise<void>>
}

/** Keeps history, orders each topic, and carries events between hubs. */
export interface Broker {
  /**
   * Append events to a topic, all or none, and offer them to every subscription.
   *
   * MUST resolve once they are stored, with the position of the last. A `key` seen before for this topic MUST store
   * nothing and resolve with the first call's position and `duplicate: true`.
   */
  publish(
    topic: string,
    events: readonly BrokerEvent[],
    options?: { key?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<{ position: Position; duplicate: boolean }>
  /** Read up to `limit` events after a position. MUST set `gap` rather than skip in silence. */
  read(topic: string, after: Position | 'earliest', limit: number): Promise<HistoryPage>
  /** Listen from `head` on. `head` and listening MUST be one step: no event is in neither or in both. */
  subscribe(topic: string, listener: BrokerListener): Promise<{ head: Position; unsubscribe(): Promise<void> }>
  signals?: BrokerSignals | undefined
  close(): Promise<void>
}
