import type { Position } from '../../wire/position.ts'

export type { Position } from '../../wire/position.ts'

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
  /** True when the next page is not empty. A page before another one MUST NOT be empty itself. */
  more: boolean
  /** Why the page does not begin right after the position asked for. */
  gap?: 'trimmed' | 'new-epoch' | undefined
}

/** What a broker tells a subscription. Called as methods; what they throw MUST NOT reach a publisher or other listeners. */
export interface BrokerListener {
  /** Called in the order of positions, once for each event after `head`. */
  onEvent(event: StoredEvent): void
  /**
   * Events may have been missed: the hub reads again from its last position. A broker that has lost its connection MUST
   * call it once it listens again, also when nothing more is published, unless it has caught up by itself.
   */
  onLost(reason: unknown): void
}

/** Messages between hubs that need no history: acknowledgements, load, disconnects. At most once, in no order. */
export interface BrokerSignals {
  /** Send to one hub, or with `*` to all that listen, the sender included. */
  send(hubId: string, text: string): Promise<void>
  /** Hear what is sent to `hubId` and to `*`, until the function it resolves with is called. */
  listen(hubId: string, receive: (text: string) => void): Promise<() => Promise<void>>
}

/**
 * Keeps history, orders each topic, and carries events between hubs. `@holdfast/core/testing` examines all of this.
 *
 * A topic never written is at offset 0 of the epoch in which its first event will be, the same at every broker of an
 * engine. An engine that has lost a topic MUST begin a later epoch, also when its clock went back: max(last + 1, now).
 */
export interface Broker {
  /**
   * Append events to a topic, all or none, and offer them to every subscription.
   *
   * MUST resolve once they are stored, with the position of the last. A `key` seen before for this topic MUST store
   * nothing and resolve with the first call's position and `duplicate: true`, for at least as long as its events are
   * kept. Without a connection it MUST reject with a `HoldfastError`, best `BrokerUnavailableError`, rather than wait or
   * drop. After such a rejection the events may be stored all the same: only a key makes a retry safe. A `signal` that is
   * aborted before they are sent MUST reject with its reason.
   */
  publish(
    topic: string,
    events: readonly BrokerEvent[],
    options?: { key?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<{ position: Position; duplicate: boolean }>
  /**
   * Read up to `limit` events after a position, or fewer. MUST set `gap` rather than skip in silence: `trimmed` when the
   * next event is gone, `new-epoch` for a position of another epoch or ahead of the head. The page then begins with the
   * oldest event there is.
   */
  read(topic: string, after: Position | 'earliest', limit: number): Promise<HistoryPage>
  /** Listen from `head` on. `head` and listening MUST be one step: no event is in neither or in both. */
  subscribe(topic: string, listener: BrokerListener): Promise<{ head: Position; unsubscribe(): Promise<void> }>
  signals?: BrokerSignals | undefined
  /** How many event streams a topic has in all, where the engine knows it itself; otherwise hubs ask each other. */
  count?(topic: string): Promise<number>
  close(): Promise<void>
}

/**
 * For brokers: why a page of history does not begin right after the position asked for.
 *
 * @param start - the offset before the oldest event that is kept
 */
export function gapAfter(after: Position | 'earliest', start: number, head: Position): HistoryPage['gap'] {
  if (after === 'earliest') return undefined
  // A position ahead of the log is another log's, whatever its epoch says.
  if (after.epoch !== head.epoch || after.offset > head.offset) return 'new-epoch'
  return after.offset < start ? 'trimmed' : undefined
}
