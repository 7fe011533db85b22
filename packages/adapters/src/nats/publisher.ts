import { type Broker, type BrokerEvent, BrokerUnavailableError, type Position } from '@holdfast/core/hub'
import type { PubAck } from '@nats-io/jetstream'
import { BatchTooLargeError } from './errors.ts'
import type { Heads } from './heads.ts'
import type { Link } from './link.ts'
import { endOf, formatEvents, positionHeaders } from './message.ts'
import { settle } from './settle.ts'
import { type AppendOptions, isBehind, type LogStream } from './stream.ts'
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
const longestGeneration = 200

/**
 * Publishes with the offset in the message. The server stores it only behind the message that the publisher knows as the
 * topic's last, so of several that publish at once one succeeds, and the others look again.
 */
export class Publisher {
  readonly #link: Link
  readonly #stream: LogStream
  readonly #heads: Heads
  /** By which it knows its messages. */
  readonly #name = crypto.randomUUID()
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
    const size = new TextEncoder().encode(text).length + toKeyId('', '', key ?? '').length + topic.length + overhead
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
    for (;;) {
      publication.signal?.throwIfAborted()
      const { seq, position } = await this.#heads.remembered(publication.token)
      // What is remembered counts only until an answer says so again.
      this.#heads.forget(publication.token)
      const published = await this.#appendAfter(seq, position, publication)
      if (published) return published
      if (performance.now() >= deadline)
        throw new BrokerUnavailableError(`Cannot publish: others were faster for ${this.#link.timeout} ms`)
    }
  }

  /**
   * Undefined when another publisher was faster.
   *
   * A cluster remembers the name of a message also when it has refused it for its place, or lost it with its leader
   * (2.9.10 and 2.10.27 then answer `duplicate`, with the place 0 or another message's). So a name counts only where the message is there; else
   * the next name is tried, behind the same message: should the first one still be under way, one of the two is refused.
   */
  async #appendAfter(seq: number, head: Position, publication: Publication): Promise<Published | undefined> {
    const { token, text, count, key } = publication
    const end: Position = { ...head, offset: head.offset + count }
    for (let generation = ''; generation.length < longestGeneration;) {
      const id = key === undefined ? undefined : toKeyId(token, generation, key)
      const headers = positionHeaders(head.epoch, head.offset + 1, count, this.#name)
      const ack = await this.#appendUnlessBehind(token, text, { after: seq, id, headers })
      if (!ack) return undefined
      if (ack.duplicate) {
        const known = await this.#knownAs(ack.seq, token, id)
        if (known) return { position: known, duplicate: true }
        generation += `.${ack.seq}`
        continue
      }
      if (!(await this.#counts(ack.seq, seq, token))) return undefined
      this.#stream.saw(end.epoch)
      this.#heads.remember(token, { seq: ack.seq, position: end })
      return { position: end, duplicate: false }
    }
    throw new BrokerUnavailableError('Cannot publish: NATS knows the key, and not what was published with it')
  }

  /** The position of what was stored with a name; undefined where it is not there, or does not count. */
  async #knownAs(seq: number, token: string, id: string | undefined): Promise<Position | undefined> {
    const message = seq > 0 ? await this.#stream.at(seq) : undefined
    if (!message || message.id !== id) return undefined
    const { winner } = await settle(this.#stream, token, message)
    return winner.seq === seq ? endOf(message) : undefined
  }

  /**
   * Whether an acknowledged message counts; one that does not is withdrawn, so that it will not when the one that was
   * faster is dropped.
   *
   * @throws {BrokerUnavailableError} another message is there: the leader that acknowledged it is gone
   */
  async #counts(seq: number, after: number, token: string): Promise<boolean> {
    // Where nothing came between, that is certain without a question.
    if (seq === after + 1 || !this.#stream.isReplicated) return true
    const message = await this.#stream.at(seq)
    if (message?.publisher !== this.#name || message.after !== after)
      throw new BrokerUnavailableError('Cannot publish: the cluster lost what it had acknowledged')
    const { winner } = await settle(this.#stream, token, message)
    if (winner.seq === seq) return true
    await this.#stream.remove(seq)
    return false
  }

  async #appendUnlessBehind(token: string, text: string, options: AppendOptions): Promise<PubAck | undefined> {
    try {
      return await this.#stream.append(this.#stream.subjects.ofTopic(token), text, options)
    } catch (error) {
      if (isBehind(error)) return undefined
      throw error
    }
  }
}

/** A key as the name of a message, which has no line ends and is the whole stream's. */
function toKeyId(token: string, generation: string, key: string): string {
  return `${token}${generation} ${encodeURIComponent(JSON.stringify(key))}`
}
