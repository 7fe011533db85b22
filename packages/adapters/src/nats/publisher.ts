import { type Broker, type BrokerEvent, BrokerUnavailableError, type Position } from '@holdfast/core/hub'
import { BatchTooLargeError } from './errors.ts'
import type { Heads } from './heads.ts'
import type { Link } from './link.ts'
import { endOf, formatEvents, positionHeaders } from './message.ts'
import { isBehind, type LogStream } from './stream.ts'
import { toToken } from './subjects.ts'

type Published = Awaited<ReturnType<Broker['publish']>>

interface Publication {
  token: string
  text: string
  count: number
  key: string | undefined
  signal: AbortSignal | undefined
}

/** What waits for its turn, in characters; above, publications are refused. */
const mostWaiting = 32 * 1_048_576
// Headers and the framing of a message with a key.
const overhead = 1_024

/**
 * Publishes with the offset in the message. The server stores it only behind the message that the publisher knows as the
 * topic's last, so of several that publish at once one succeeds, and the others look again.
 */
export class Publisher {
  readonly #link: Link
  readonly #stream: LogStream
  readonly #heads: Heads
  /** One after the other within a topic: two at once would only refuse each other. */
  readonly #turns = new Map<string, Promise<unknown>>()
  #waiting = 0

  constructor(link: Link, stream: LogStream, heads: Heads) {
    this.#link = link
    this.#stream = stream
    this.#heads = heads
  }

  async publish(
    topic: string,
    events: readonly BrokerEvent[],
    key: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Published> {
    const token = toToken(topic)
    const text = formatEvents(events)
    this.#checkSize(topic, text, key)
    this.#waiting += text.length
    try {
      return await this.#inTurn(token, () => this.#append({ token, text, count: events.length, key, signal }))
    } finally {
      this.#waiting -= text.length
    }
  }

  #checkSize(topic: string, text: string, key: string | undefined): void {
    const most = this.#link.connection.info?.max_payload ?? 1_048_576
    const size = new TextEncoder().encode(text).length + toKeyId('', key ?? '', 0).length + topic.length + overhead
    if (size > most)
      throw new BatchTooLargeError(
        `Cannot publish to "${topic}": ${size} bytes are above the server's max_payload ${most}`,
      )
    if (this.#waiting > 0 && this.#waiting + text.length > mostWaiting)
      throw new BrokerUnavailableError(`Cannot publish to "${topic}": too much waits for NATS already`)
  }

  async #inTurn<Result>(token: string, action: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(token) ?? Promise.resolve()).then(action, action)
    this.#turns.set(token, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(token) === turn) this.#turns.delete(token)
    }
  }

  async #append(publication: Publication): Promise<Published> {
    const deadline = performance.now() + this.#link.timeout
    // Which of the messages with this key is meant: the events of earlier ones are gone.
    let lost = 0
    for (;;) {
      publication.signal?.throwIfAborted()
      const stored = await this.#tryAppend(publication, lost)
      if (stored && 'position' in stored) return stored
      if (stored) lost = stored.lost
      if (performance.now() >= deadline)
        throw new BrokerUnavailableError(`Cannot publish: others were faster for ${this.#link.timeout} ms`)
    }
  }

  /** Undefined when another publisher was faster. */
  async #tryAppend(
    { token, text, count, key }: Publication,
    lost: number,
  ): Promise<Published | { lost: number } | undefined> {
    const { seq, position } = await this.#heads.remembered(token)
    // What is remembered counts only until an answer says so again.
    this.#heads.forget(token)
    try {
      const ack = await this.#stream.append(this.#stream.subjects.ofTopic(token), text, {
        after: seq,
        id: key === undefined ? undefined : toKeyId(token, key, lost),
        headers: positionHeaders(position.epoch, position.offset + 1, count),
      })
      if (ack.duplicate) return await this.#known(ack.seq)
      const end: Position = { ...position, offset: position.offset + count }
      this.#stream.saw(end.epoch)
      this.#heads.remember(token, { seq: ack.seq, position: end })
      return { position: end, duplicate: false }
    } catch (error) {
      if (isBehind(error)) return undefined
      throw error
    }
  }

  async #known(seq: number): Promise<Published | { lost: number }> {
    const message = await this.#stream.at(seq)
    return message ? { position: endOf(message), duplicate: true } : { lost: seq }
  }
}

/** A key as the name of a message, which has no line ends and is the whole stream's. */
function toKeyId(token: string, key: string, lost: number): string {
  return `${token} ${lost} ${encodeURIComponent(JSON.stringify(key))}`
}
