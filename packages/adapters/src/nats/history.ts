import { BrokerUnavailableError, gapAfter, type HistoryPage, type Position, type StoredEvent } from '@holdfast/core/hub'
import { emptyPage } from '../empty-page.ts'
import { endOf, eventsOf, type LogMessage } from './message.ts'
import { settle } from './settle.ts'
import type { LogStream } from './stream.ts'

/** Characters of one page. */
const pageSize = 4 * 1_048_576
// A question to the server takes 0.3 ms on loopback, a consumer 1.5 ms before its first message.
const few = 5
const mostTries = 5

/** Reads a topic's messages, of which only the place in the stream can be asked for, by the offsets in them. */
export class HistoryReader {
  readonly #stream: LogStream
  readonly #token: string

  constructor(stream: LogStream, token: string) {
    this.#stream = stream
    this.#token = token
  }

  async read(after: Position | 'earliest', limit: number): Promise<HistoryPage> {
    for (let tries = 0; tries < mostTries; tries++) {
      const page = await this.#tryRead(after, limit)
      if (page) return page
    }
    throw new BrokerUnavailableError('Cannot read from NATS: what is to be read is dropped meanwhile')
  }

  /** Undefined when messages were dropped between two questions. */
  async #tryRead(after: Position | 'earliest', limit: number): Promise<HistoryPage | undefined> {
    const last = await this.#stream.last(this.#token)
    if (!last) return emptyPage({ epoch: await this.#stream.epochOfUnused(), offset: 0 }, after)
    const head = endOf((await settle(this.#stream, this.#token, last)).last)
    if (isAt(after, head)) return { events: [], head, more: false }
    const oldest = await this.#stream.next(this.#token, 0)
    if (!oldest) return undefined
    const gap = gapAfter(after, oldest.first - 1, head)
    const offset = after === 'earliest' || gap ? oldest.first - 1 : after.offset
    const from = offset < oldest.first ? oldest : await this.#find(offset + 1, oldest, last)
    const events = from ? await this.#collect(from, last, offset, limit) : []
    const [first, end] = [events[0], events.at(-1)]
    if (!first || !end) return undefined
    const page: HistoryPage = { events, head, more: end.position.offset < head.offset }
    if (gap) return { ...page, gap }
    // An administrator has removed a message.
    return first.position.offset > offset + 1 ? { ...page, gap: 'trimmed' } : page
  }

  async #collect(from: LogMessage, last: LogMessage, offset: number, limit: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = []
    let size = 0
    let end = from.first - 1
    for await (const message of this.#from(from, last, limit)) {
      if (message.epoch !== from.epoch || message.first > end + 1) break
      // One whose offsets are taken does not count: see `settle`.
      if (message.first <= end) continue
      end = endOf(message).offset
      for (const event of eventsOf(message)) if (event.position.offset > offset) events.push(event)
      size += message.text.length
      if (events.length >= limit || size >= pageSize || message.seq >= last.seq) break
    }
    return events.slice(0, limit)
  }

  /** Messages from one on: a few are asked for one by one, many come by a consumer. */
  async *#from(first: LogMessage, last: LogMessage, most: number): AsyncGenerator<LogMessage> {
    yield first
    const isFar = Math.min(most, last.first - first.first) > few
    if (isFar) yield* this.#stream.following(this.#token, first.seq + 1, most)
    let message: LogMessage | undefined = isFar ? undefined : first
    while (message && message.seq < last.seq) {
      message = await this.#stream.next(this.#token, message.seq + 1)
      if (message) yield message
    }
  }

  /** The message with an offset: where it is if messages are spread evenly, and halfway every other time. */
  async #find(offset: number, oldest: LogMessage, last: LogMessage): Promise<LogMessage | undefined> {
    const found = offset >= last.first ? last : await this.#search(offset, oldest, last)
    return found && (await settle(this.#stream, this.#token, found)).winner
  }

  async #search(offset: number, oldest: LogMessage, last: LogMessage): Promise<LogMessage | undefined> {
    let low = { seq: oldest.seq, offset: oldest.first }
    let high = { seq: last.seq, offset: last.first }
    for (let tries = 0; low.seq < high.seq; tries++) {
      const share = tries % 2 ? 0.5 : (offset - low.offset) / (high.offset - low.offset)
      const seq = low.seq + Math.floor(share * (high.seq - low.seq))
      const message = await this.#stream.next(this.#token, seq)
      if (!message) return undefined
      if (message.first > offset) high = { seq, offset: message.first }
      else if (endOf(message).offset >= offset) return message
      else low = { seq: message.seq + 1, offset: endOf(message).offset + 1 }
    }
    // It is not there: the next one is.
    return this.#stream.next(this.#token, low.seq)
  }
}

function isAt(after: Position | 'earliest', { epoch, offset }: Position): boolean {
  return after !== 'earliest' && after.epoch === epoch && after.offset === offset
}
