import type { Clock } from '../../clock.ts'
import type { Hint } from '../../wire/hints.ts'
import { drainShare } from '../constants.ts'
import type { Consumer } from '../delivery/consumer.ts'
import type { ConnectOptions } from '../types.ts'
import { Acknowledgement } from './acknowledgement.ts'
import type { EndpointPool } from './endpoints.ts'
import type { Stream } from './stream.ts'
import { type Move, VoluntaryMoves } from './voluntary-moves.ts'

/** Takes what servers say of themselves: their load, how long they will be there, and how they want to be treated. */
export class Hints {
  readonly #endpoints: EndpointPool
  readonly #options: ConnectOptions
  readonly #consumer: Consumer
  readonly #clock: Clock
  readonly #moves: VoluntaryMoves

  constructor(endpoints: EndpointPool, options: ConnectOptions, consumer: Consumer, clock: Clock) {
    this.#endpoints = endpoints
    this.#options = options
    this.#consumer = consumer
    this.#clock = clock
    this.#moves = new VoluntaryMoves(endpoints, clock)
  }

  /** What of a hint concerns its stream alone. */
  take(stream: Stream, hint: Hint): void {
    const { endpoint, attempt } = stream
    const { heartbeat, load = endpoint.load, drain, conn, ack } = hint
    endpoint.load = load
    if (heartbeat !== undefined) attempt.expect(heartbeat)
    if (drain !== undefined) this.#drains(stream, drain)
    if (conn && ack && this.#options.acknowledge) this.#acknowledge(stream, conn, ack)
  }

  /** Where to move from the stream that delivers, although it works. */
  suggestMove(stream: Stream, hint: Hint, extra: Stream | undefined): Move | undefined {
    return this.#moves.suggest(stream.endpoint, hint, extra?.endpoint)
  }

  // At a random moment, so that not all clients of a server that goes away move at once.
  #drains(stream: Stream, within: number): void {
    stream.isDraining = true
    this.#endpoints.avoid(stream.endpoint, within)
    if (!stream.retirement.isSet) stream.retirement.set(this.#clock.random() * drainShare * within)
  }

  #acknowledge(stream: Stream, connection: string, interval: number): void {
    const lastEventId = (): string => this.#consumer.lastEventId
    const parts = { connection, interval, options: this.#options, lastEventId }
    stream.acknowledgement ??= new Acknowledgement(stream, parts, this.#clock)
  }
}
