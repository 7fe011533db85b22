import { BrokerUnavailableError } from '@holdfast/core/hub'
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import type { Link } from './link.ts'
import { type LogMessage, parseMessage } from './message.ts'
import type { LogStream, StreamState } from './stream.ts'

/** What a follower tells. */
export interface FollowerListener {
  /** In the order of the stream. */
  onMessage(token: string, message: LogMessage): void
  /** Messages may have been missed. */
  onLost(reason: unknown): void
}

/** In milliseconds. Two that do not come, and the consumer is made anew. */
const heartbeat = 1_500
const pullLifetime = 30_000
const delays = { first: 50, longest: 2_000 }
/** How long the server keeps a consumer that nobody pulls from, in nanoseconds: that of a killed process. */
const inactive = 60_000_000_000

// After each of these the client repairs the consumer by itself, and starts later without a word where messages are gone.
const troubles = new Set<string>([
  'heartbeats_missed',
  'consumer_deleted',
  'consumer_not_found',
  'stream_not_found',
  'no_responders',
  'ordered_consumer_recreated',
])

/**
 * Follows the whole stream with one ordered consumer. After any disturbance it makes another one behind the last message
 * that it has seen, and compares where the stream is: what the server starts later at was dropped, and is told as lost.
 */
export class Follower {
  readonly #link: Link
  readonly #stream: LogStream
  readonly #listener: FollowerListener
  #listening: { promise: Promise<void>; resolve(): void } | undefined
  #messages: ConsumerMessages | undefined
  /** The last message seen, and in which stream. */
  #last: { seq: number; created: string } | undefined
  /** Ends a pause before the next attempt. */
  #wake: (() => void) | undefined
  /** Of the last attempt. */
  #failure: unknown
  #run = 0

  constructor(link: Link, stream: LogStream, listener: FollowerListener) {
    this.#link = link
    this.#stream = stream
    this.#listener = listener
  }

  /** Follow from now on. @throws {BrokerUnavailableError} it does not in time; it goes on trying */
  async start(): Promise<void> {
    if (!this.#listening) {
      this.#listening = withResolver()
      void this.#follow(++this.#run)
    }
    const { promise } = this.#listening
    try {
      await this.#link.ask('follow the stream', () => promise)
    } catch (error) {
      // Why the attempts failed says more than that none of them succeeded.
      throw this.#failure ?? error
    }
  }

  /** Follow no more. What comes until the next start is not told. */
  async stop(): Promise<void> {
    this.#run++
    this.#listening = undefined
    this.#last = undefined
    this.#wake?.()
    await this.#leave()
  }

  async #follow(run: number): Promise<void> {
    for (let tries = 0; run === this.#run;) {
      this.#failure = await this.#listen(run).catch((error: unknown) => error)
      await this.#leave()
      if (run !== this.#run) return
      tries = this.#failure === undefined ? 0 : tries + 1
      await this.#pause(Math.min(delays.longest, delays.first * 2 ** tries) * (0.5 + 0.5 * Math.random()))
    }
  }

  /** Resolves when the consumer is in trouble. */
  async #listen(run: number): Promise<void> {
    const state = await this.#stream.state()
    const { seq, lost } = this.#startAfter(state)
    const consumer = await this.#link.ask('make a consumer', () =>
      this.#link.client.consumers.get(this.#stream.name, { opt_start_seq: seq + 1, inactive_threshold: inactive }),
    )
    if (run !== this.#run) return
    this.#last = { seq, created: state.created }
    const messages = await consumer.consume({
      callback: (message) => this.#receive(run, message),
      expires: pullLifetime,
      idle_heartbeat: heartbeat,
    })
    if (run !== this.#run) return void (await messages.close())
    this.#messages = messages
    const trouble = this.#trouble(messages)
    this.#listening?.resolve()
    if (lost) this.#listener.onLost(lost)
    await trouble
  }

  #startAfter({ created, firstSeq, lastSeq }: StreamState): { seq: number; lost?: Error } {
    if (!this.#last) return { seq: lastSeq }
    const { seq } = this.#last
    if (this.#last.created !== created || lastSeq < seq)
      return { seq: 0, lost: new BrokerUnavailableError('The stream was lost, and another one was made') }
    if (firstSeq > seq + 1)
      return {
        seq: firstSeq - 1,
        lost: new BrokerUnavailableError('Messages were dropped before they could be followed'),
      }
    return { seq }
  }

  #receive(run: number, message: JsMsg): void {
    if (run !== this.#run || !this.#last) return
    // The client's own repair of a consumer may begin anything again.
    if (message.seq <= this.#last.seq) return
    this.#last = { ...this.#last, seq: message.seq }
    const token = this.#stream.subjects.tokenOf(message.subject)
    const parsed = token === undefined ? undefined : parseMessage(message)
    if (token !== undefined && parsed) this.#listener.onMessage(token, parsed)
  }

  async #trouble(messages: ConsumerMessages): Promise<void> {
    const disconnected = new Promise<void>((resolve) => {
      const ignore = this.#link.onLost(() => resolve())
      void messages.closed().then(() => ignore())
    })
    const noticed = (async () => {
      for await (const { type } of messages.status()) if (troubles.has(type)) return
    })()
    await Promise.race([disconnected, noticed, messages.closed()])
  }

  async #leave(): Promise<void> {
    const messages = this.#messages
    this.#messages = undefined
    await messages?.close().catch(() => {})
  }

  #pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function withResolver(): { promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}
