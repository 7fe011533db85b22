import type { Environment } from '../environment.ts'
import { Feed } from '../stream/feed.ts'
import type { Flusher } from '../stream/flusher.ts'
import { formatId } from '../wire/encode.ts'
import { formatPositionId } from '../wire/position.ts'
import type { Position } from './broker.ts'
import type { LoggedEvent, TopicLog } from './topic-log.ts'
import type { HubEvent } from './types.ts'

const encoder = new TextEncoder()

/** The events of one set of topics, merged in the order this hub heard them, each with the whole vector as its id. */
export class TopicFeed {
  readonly feed: Feed
  readonly topics: readonly string[]
  /** Told each event as well, for subscribers in this process. */
  readonly listeners: Set<(event: HubEvent) => void> = new Set()
  readonly #positions = new Map<string, Position>()
  readonly #leave: (() => void)[]

  /** @param logs - open; from here to the end of the constructor nothing is awaited, so no event is missed. */
  constructor(logs: readonly TopicLog[], maxBytes: number, environment: Environment, flusher: Flusher) {
    this.feed = new Feed({ maxBytes }, environment, flusher)
    this.topics = logs.map(({ topic }) => topic)
    for (const log of logs) this.#positions.set(log.key, log.position)
    this.#leave = logs.map((log) => log.read((event) => this.#append(log.key, event)))
  }

  /** Where this feed is, as an id that advances no topic. */
  get checkpoint(): string {
    return formatPositionId(undefined, this.#positions)
  }

  close(): void {
    for (const leave of this.#leave) leave()
  }

  #append(key: string, { topic, stored, body }: LoggedEvent): void {
    this.#positions.set(key, stored.position)
    const id = formatPositionId(key, this.#positions)
    this.feed.append({ id: encoder.encode(formatId(id)), body })
    if (this.listeners.size === 0) return
    const event = { topic, event: stored.event ?? 'message', data: stored.data, id }
    for (const listener of this.listeners) listener(event)
  }
}
