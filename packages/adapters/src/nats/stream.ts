import { BrokerUnavailableError } from '@holdfast/core/hub'
import { JetStreamApiCodes, JetStreamApiError, type PubAck, type SeqMsgRequest } from '@nats-io/jetstream'
import { type MsgHdrs, nanos, RequestError } from '@nats-io/transport-node'
import { NatsStreamError } from './errors.ts'
import type { Link } from './link.ts'
import { endOf, type LogMessage, parseMessage, positionHeaders } from './message.ts'
import type { ResolvedOptions } from './options.ts'
import { isKeptByMany } from './replicas.ts'
import { Subjects } from './subjects.ts'

/** Where a stream is. */
export interface StreamState {
  created: string
  firstSeq: number
  lastSeq: number
}

/** A message's condition: the place of the last one of its subject, and a name by which it is stored once. */
export interface AppendOptions {
  after: number
  id?: string | undefined
  headers: MsgHdrs
}

// Another stream of this name, made a moment before.
const nameInUse = 10_058
const mostTries = 5

/** The JetStream stream that holds all topics, made where it is missing. */
export class LogStream {
  readonly name: string
  readonly subjects: Subjects
  readonly #link: Link
  readonly #options: ResolvedOptions
  #opened: Promise<void> | undefined
  #isReplicated = false
  /** No epoch that was seen is later. */
  #epoch = 0

  constructor(link: Link, options: ResolvedOptions) {
    this.#link = link
    this.#options = options
    this.name = options.name
    this.subjects = new Subjects(options.name)
  }

  /** Whether several servers keep it, which is known after the first question. */
  get isReplicated(): boolean {
    return this.#isReplicated
  }

  /** An epoch that exists: a stream that is lost and made again must go on after it. */
  saw(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch)
  }

  async state(): Promise<StreamState> {
    const { created, state } = await this.#ask('look at the stream', async () =>
      (await this.#link.streams()).info(this.name),
    )
    return { created, firstSeq: state.first_seq, lastSeq: state.last_seq }
  }

  /** The newest message of a topic. */
  async last(token: string): Promise<LogMessage | undefined> {
    return this.#message({ last_by_subj: this.subjects.ofTopic(token) })
  }

  /** The first message of a topic at a place of the stream or after it. */
  async next(token: string, seq: number): Promise<LogMessage | undefined> {
    return this.#next(this.subjects.ofTopic(token), seq)
  }

  /** Up to `most` messages of a topic from a place of the stream on; ends early where they do not come in time. */
  async *following(token: string, seq: number, most: number): AsyncGenerator<LogMessage> {
    const filter = this.subjects.ofTopic(token)
    const consumer = await this.#ask('make a consumer', () =>
      this.#link.client.consumers.get(this.name, {
        filter_subjects: filter,
        opt_start_seq: seq,
        inactive_threshold: nanos(2 * this.#link.timeout),
      }),
    )
    try {
      const messages = await consumer.fetch({ max_messages: most, expires: this.#link.timeout })
      for await (const message of messages) {
        const parsed = parseMessage(message)
        if (parsed) yield parsed
      }
    } finally {
      // The server would drop it by itself, but later.
      consumer.delete().catch(() => {})
    }
  }

  /** The message at a place of the stream. */
  async at(seq: number): Promise<LogMessage | undefined> {
    return this.#message({ seq })
  }

  async remove(seq: number): Promise<void> {
    await this.#ask('withdraw a message', async () =>
      (await this.#link.streams()).deleteMessage(this.name, seq).catch((error: unknown) => {
        // It is gone already.
        if (!(error instanceof JetStreamApiError)) throw error
      }),
    )
  }

  /**
   * The epoch of topics that have no message: written in a message of its own, which the server drops as the oldest
   * before it has dropped all of a topic that began later. So what begins again, whether the topic was dropped, the stream
   * purged or lost, begins in a later epoch.
   */
  async epochOfUnused(): Promise<number> {
    for (let tries = 0; tries < mostTries; tries++) {
      // The first one, should a cluster have stored several at once.
      const message = await this.#next(this.subjects.epoch, 0)
      if (message) return endOf(message).epoch
      await this.#writeEpoch()
    }
    throw new BrokerUnavailableError(
      `Cannot find the epoch of the stream "${this.name}": it is dropped as it is written`,
    )
  }

  /** Append a message to a subject if its last message is the one that is expected. @throws {JetStreamApiError} it is not */
  async append(subject: string, text: string, { after, id, headers }: AppendOptions): Promise<PubAck> {
    return this.#ask(
      'publish',
      () =>
        this.#link.client.publish(subject, text, {
          headers,
          expect: { lastSubjectSequence: after },
          timeout: this.#link.timeout,
          ...(id === undefined ? {} : { msgID: id }),
        }),
      isBehind,
    )
  }

  async #next(subject: string, seq: number): Promise<LogMessage | undefined> {
    // The types know this request for direct access only; the stream's leader, which alone is never behind, knows it too
    // (2.9.10).
    const request: SeqMsgRequest & { next_by_subj: string } = { seq, next_by_subj: subject }
    return this.#message(request)
  }

  async #writeEpoch(): Promise<void> {
    const epoch = Math.max(this.#epoch + 1, Date.now())
    try {
      const { seq } = await this.append(this.subjects.epoch, '', { after: 0, headers: positionHeaders(epoch, 0, 1) })
      const first = await this.#next(this.subjects.epoch, 0)
      if (first && first.seq !== seq) await this.remove(seq)
    } catch (error) {
      // Another broker was first.
      if (!isBehind(error)) throw error
    }
  }

  async #message(
    request: Parameters<Awaited<ReturnType<Link['streams']>>['getMessage']>[1],
  ): Promise<LogMessage | undefined> {
    const message = await this.#ask('read from the stream', async () =>
      (await this.#link.streams()).getMessage(this.name, request),
    )
    const parsed = message ? parseMessage(message) : undefined
    if (parsed) this.saw(parsed.epoch)
    return parsed
  }

  /** Ask something of the stream, and make it if it is not there, or not there any more. */
  async #ask<Answer>(
    action: string,
    call: () => Promise<Answer>,
    passed: (error: unknown) => boolean = () => false,
  ): Promise<Answer> {
    await (this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    }))
    return this.#link.ask(
      action,
      () =>
        call().catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          await this.#create()
          return call()
        }),
      passed,
    )
  }

  async #open(): Promise<void> {
    const streams = await this.#link.streams()
    const config = await this.#link
      .ask('find the stream', async () => (await streams.info(this.name)).config, isMissing)
      .catch(async (error: unknown) => {
        if (!isMissing(error)) throw error
        this.#checkReplicas(this.#options.replicas)
        await this.#link.ask('make the stream', () => this.#create())
      })
    if (config) this.#checkReplicas(config.num_replicas)
    if (config && !this.subjects.kept.every((subject) => config.subjects?.includes(subject)))
      throw new NatsStreamError(
        `Cannot use the stream "${this.name}": it does not keep ${this.subjects.kept.join(' and ')}`,
      )
  }

  #checkReplicas(replicas: number): void {
    this.#isReplicated = isKeptByMany(this.name, replicas, this.#link.connection.info?.version)
  }

  async #create(): Promise<void> {
    const { maxEvents, maxAge, maxBytes, replicas } = this.#options
    const streams = await this.#link.streams()
    await streams
      .add({
        name: this.name,
        subjects: this.subjects.kept,
        max_msgs_per_subject: maxEvents,
        max_age: nanos(maxAge),
        // A key has to be known for as long as its events are there.
        duplicate_window: nanos(maxAge),
        max_bytes: maxBytes,
        num_replicas: replicas,
      })
      .catch((error: unknown) => {
        if (!(error instanceof JetStreamApiError && error.code === nameInUse)) throw error
      })
  }
}

/** Whether an append was refused because the subject has gone on, or was lost. */
export function isBehind(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof JetStreamApiError) return error.code === JetStreamApiCodes.StreamNotFound
  // What is published to a stream that is gone has nobody who answers.
  return error.cause instanceof RequestError && error.cause.isNoResponders()
}
