import { HoldfastError } from '@holdfast/core'
import { BrokerClosedError, BrokerUnavailableError } from '@holdfast/core/hub'
import { jetstream, type JetStreamClient, jetstreamManager, type StreamAPI } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** The application's connection: what is asked through it ends with an answer or a typed error, at the latest in `timeout`. */
export class Link {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  readonly timeout: number
  readonly #lost = new Set<(reason: Error) => void>()
  #streams: StreamAPI | undefined
  readonly #status: ReturnType<NatsConnection['status']>
  #isDown = false

  constructor(connection: NatsConnection, timeout: number) {
    this.connection = connection
    this.timeout = timeout
    this.client = jetstream(connection, { timeout })
    this.#status = connection.status()
    void this.#watch()
  }

  /** Listen to the connection no more, and end every wait. */
  close(): void {
    this.#isDown = true
    for (const tell of this.#lost) tell(new BrokerClosedError())
  }

  /** The stream API. It asks the server for nothing yet. */
  async streams(): Promise<StreamAPI> {
    this.#streams ??= (await jetstreamManager(this.connection, { checkAPI: false, timeout: this.timeout })).streams
    return this.#streams
  }

  /**
   * Ask the server.
   *
   * @param passed - errors that the caller handles itself
   * @throws {BrokerUnavailableError} not connected, disconnected meanwhile, no answer in time, or a refusal
   */
  async ask<Answer>(
    action: string,
    call: () => Promise<Answer>,
    passed: (error: unknown) => boolean = () => false,
  ): Promise<Answer> {
    try {
      return await this.#bounded(call)
    } catch (cause) {
      if (cause instanceof HoldfastError || passed(cause)) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new BrokerUnavailableError(`Cannot ${action}: ${reason}`, { cause })
    }
  }

  /** Call when the connection is lost. Returns how to stop that. */
  onLost(listener: (reason: Error) => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  // The client's own time-out does not cover all it does, and what it sends without a connection it keeps for later.
  async #bounded<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.#isDown || this.connection.isClosed()) throw new Error('not connected to NATS')
    let timer: ReturnType<typeof setTimeout> | undefined
    let ignore: (() => void) | undefined
    const cut = new Promise<never>((_, reject) => {
      ignore = this.onLost(reject)
      timer = setTimeout(() => reject(new Error(`NATS did not answer in ${this.timeout} ms`)), this.timeout)
    })
    try {
      return await Promise.race([call(), cut])
    } finally {
      clearTimeout(timer)
      ignore?.()
    }
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#status) {
      if (type === 'reconnect') this.#isDown = false
      if (type === 'disconnect' || type === 'close') {
        this.#isDown = true
        for (const tell of this.#lost) tell(new Error('the connection to NATS was lost'))
      }
    }
  }
}
