import type { Environment } from '../environment.ts'
import { Feed } from '../stream/feed.ts'
import type { Flusher } from '../stream/flusher.ts'
import { formatPositionId } from '../wire/position.ts'
import type { Position } from './broker.ts'
import type { LoggedEvent, TopicLog } from './topic-log.ts'
import type { HubEvent } from './types.ts'

/** The events of one set of topics, merged in the order this hub heard them, each with the whole vector as its id. */
export class TopicFeed {
  readonly feed: Feed
  /** By key, sorted. */
  readonly topics: ReadonlyMap<string, string>
  /** Where the topics were when the feed was asked for; it may have heard of events since. */
  readonly since: ReadonlyMap<string, Position>
  /** Told each event as well, for subscribers in this process. */
  readonly listeners: Set<(event: HubEvent) => void> = new Set()
  readonly #positions = new Map<string, Position>()
  readonly #leave: (() => void)[]

  /** @param logs - open; from here to the end of the constructor nothing is awaited, so no event is missed. */
  constructor(
    logs: readonly TopicLog[],
    since: ReadonlyMap<string, Position>,
    maxBytes: number,
    environment: Environment,
    flusher: Flusher,
  ) {
    this.feed = new Feed({ maxBytes }, environment, flusher)
    this.since = since
    this.topics = new Map(logs.map(({ key, topic }) => [key, topic]))
    for (const log of logs) this.#positions.set(log.key, log.position)
    this.#leave = logs.map((log) => log.read((event) => this.#append(log.key, event)))
  }

  /** Where this feed is now. */
  snapshot(): ReadonlyMap<string, Position> {
    return new Map(this.#positions)
  }

  positionOf(key: string): Position {
    return this.#positions.get(key) as Position
  }

  close(): void {
    for (const leave of this.#leave) leave()
  }

  #append(key: string, { topic, stored, body }: LoggedEvent): void {
    this.#positions.set(key, stored.position)
    const id = formatPositionId(key, this.#positions)
    const event = { topic, event: stored.event ?? 'message', data: stored.data, id }
    this.feed.append({ id, body, event })
    for (const listener of this.listeners) listener(event)
  }
}
