import type { Clock } from '../../clock.ts'
import type { Hint } from '../../wire/hints.ts'
import type { Loss } from '../attempt/answer.ts'
import type { AttemptState } from '../attempt/states.ts'
import type { Consumer } from '../delivery/consumer.ts'
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import type { Queue } from '../delivery/queue.ts'
import { ConnectionError, type ConnectionErrorCode, type ConnectionErrorDetails } from '../errors.ts'
import type { ConnectionCloseReason, MoveReason } from '../status.ts'
import type { Announcer } from './announcer.ts'
import { Dialer, type DialOptions } from './dialer.ts'
import type { EndpointSource } from './endpoint-source.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import { Hints } from './hints.ts'
import { Muting, type MutingHost } from './muting.ts'
import { Outcomes, type OutcomesHost } from './outcomes.ts'
import { Presence, type PresenceHost } from './presence.ts'
import { Probing, type ProbingHost } from './probing.ts'
import { Race, type RaceHost } from './race.ts'
import { Redundancy, type RedundancyHost } from './redundancy.ts'
import type { Purpose, Stream, StreamOwner } from './stream.ts'
import type { Streams } from './streams.ts'

/** What a conductor conducts. */
export interface ConductorParts {
  endpoints: EndpointPool
  source: EndpointSource
  streams: Streams
  options: DialOptions
  delivery: Delivery
  queue: Queue
  consumer: Consumer
  announcer: Announcer
  clock: Clock
}

/** What it is to its parts. */
type Roles = StreamOwner & RaceHost & RedundancyHost & ProbingHost & OutcomesHost & PresenceHost & MutingHost

/**
 * Decides what becomes of a connection: the only one that knows attempts, delivery and endpoints.
 *
 * | what happens to a stream | what is done about it                                                           |
 * |--------------------------|---------------------------------------------------------------------------------|
 * | open                     | it delivers unless another one does; suspects are closed, the race is over      |
 * | live                     | those that it replaces are closed                                               |
 * | odd                      | it is looked into: is its publisher silent, or only this stream?                |
 * | suspect                  | a race for another stream beside it; one connection more from now on            |
 * | live again               | the race is off                                                                 |
 * | lost                     | its endpoint is judged; another open stream delivers, or there is a race for one |
 * | drain=, shed=, slow …    | another stream is opened, and this one is closed when that is live              |
 * | brings an older log      | closed, unless every endpoint has none but an older one                         |
 * | left events to another   | opened again when that one is gone                                              |
 * | end=                     | the connection is over, if nothing was left to others                           |
 */
export class Conductor implements Roles {
  readonly delivery: Delivery
  readonly streams: Streams
  readonly endpoints: EndpointPool
  readonly queue: Queue
  readonly #source: EndpointSource
  readonly #consumer: Consumer
  readonly #announcer: Announcer
  readonly #dialer: Dialer
  readonly #race: Race
  readonly #redundancy: Redundancy
  readonly #probing: Probing
  readonly #muting: Muting
  readonly #outcomes: Outcomes
  readonly #hints: Hints
  readonly presence: Presence
  isClosed = false

  constructor({ endpoints, source, streams, options, delivery, queue, consumer, announcer, clock }: ConductorParts) {
    this.endpoints = endpoints
    this.#source = source
    this.delivery = delivery
    this.queue = queue
    this.#consumer = consumer
    this.#announcer = announcer
    this.streams = streams
    this.#dialer = new Dialer(options, this, clock)
    this.#race = new Race(endpoints, options.backoff, this, clock)
    this.#redundancy = new Redundancy(options.redundancy, this, clock)
    this.#probing = new Probing(this, this.#dialer, this.#redundancy, clock)
    this.#muting = new Muting(this, clock)
    this.#outcomes = new Outcomes(this, { race: this.#race, redundancy: this.#redundancy, announcer, source })
    this.presence = new Presence(this, { race: this.#race, probing: this.#probing, announcer })
    this.#hints = new Hints(endpoints, options, consumer, clock)
  }

  // What the application asks for.

  /** Begin, now that it is known from where. @param atFirst - at the first endpoint, whatever the others are like */
  start(atFirst: boolean | undefined): void {
    this.presence.start(atFirst ? this.endpoints.all[0] : this.endpoints.pick(() => true))
  }

  /** Move to another connection now, or make the next attempt now. */
  reconnect(): void {
    if (!this.presence.isAwake) return
    if (this.streams.primary) this.#leave(this.streams.primary, 'requested')
    this.#race.hurry(0)
  }

  /** There are other endpoints. */
  endpointsChanged(): void {
    if (this.presence.isAwake) this.#race.stopWaiting(0)
  }

  /** @param discard - what was not consumed will not be wanted */
  finish(reason: ConnectionCloseReason, discard: boolean, error?: ConnectionError): void {
    this.queue.close(discard)
    if (discard) this.#consumer.close()
    // An event that came before the end may be refused after it.
    if (this.isClosed && error) this.#announcer.correct({ state: 'closed', reason, error })
    if (this.isClosed) return
    this.isClosed = true
    this.#race.stop()
    this.#redundancy.stop()
    this.#probing.stop()
    this.#muting.stop()
    this.#source.stop()
    for (const stream of this.streams) stream.close()
    this.#announcer.close({ state: 'closed', reason, error }, discard ? undefined : this.#consumer.handedOut)
  }

  /** End with an error that the iteration throws. @param discard - what was not consumed will not be wanted */
  fail(code: ConnectionErrorCode, details: ConnectionErrorDetails, discard: boolean = false): void {
    if (this.#consumer.isOver) return
    const error = new ConnectionError(code, details)
    this.#consumer.fail(error)
    this.finish('failed', discard, error)
  }

  // What the parts need to know.

  get isOnce(): boolean {
    return this.#dialer.isOnce
  }

  get positions(): Delivery['positions'] {
    return this.delivery.positions
  }

  // What the parts ask for.

  attempt(endpoint: EndpointState): void {
    if (!this.streams.primary) this.#announcer.say({ state: 'connecting', endpoint: endpoint.url })
    this.dial(endpoint, 'race')
  }

  onSwept(): void {
    void this.#source.renew()
  }

  onWait(delay: number): void {
    if (!this.streams.primary) this.#announcer.say({ state: 'waiting', delay })
  }

  dial(endpoint: EndpointState, purpose: Purpose): void {
    if (!this.presence.isAwake) return
    this.streams.add(this.#dialer.dial(endpoint, purpose))
  }

  onBehind(): void {
    if (this.streams.primary) this.#leave(this.streams.primary, 'behind')
  }

  /** Dial when no stream can be relied on, and stop dialling when one can. */
  update(known?: EndpointState, lost?: Stream): void {
    if (!this.presence.isAwake || this.isOnce) return
    this.streams.inherit()
    const isGood = this.streams.healthy !== undefined
    this.#source.hasGood(isGood)
    if (isGood) this.#race.stop()
    else this.#need(lost, known)
    this.#muting.update()
    this.#redundancy.update()
  }

  // What streams tell.

  onHead(stream: Stream, response: Response): void {
    // A poll is answered once there is something new.
    this.endpoints.answered(stream.endpoint, stream.isPoll ? undefined : stream.attempt.took)
    const url = this.#dialer.resumeByGet(stream, response)
    if (!url) return
    this.#source.stop()
    this.endpoints.use(url)
    // Everything of the resource belongs to the application, as long as nothing says how much of it it has.
    if (this.positions.id() === '') this.positions.begin('earliest')
  }

  onState(stream: Stream, state: AttemptState, from: AttemptState, loss: Loss | undefined): void {
    switch (state) {
      case 'open':
        return stream.isOnTrial ? undefined : this.#opened(stream)
      case 'live':
        if (from === 'open' && stream.attempt.isHeard && this.#muting.proved(stream)) this.#opened(stream)
        if (from === 'odd') return this.#probing.look()
        return from === 'suspect' ? this.#doubted(stream) : this.streams.relieve(stream)
      case 'odd':
        return this.#probing.look()
      case 'suspect':
        return this.#doubted(stream)
      case 'lost':
      case 'retired':
        return this.#closed(stream, from !== 'connecting', loss)
      case 'connecting':
    }
  }

  onOutcome(stream: Stream, outcome: Outcome): void {
    this.#outcomes.take(stream, outcome)
  }

  onCheckpoint(): void {
    this.#redundancy.update()
  }

  onTooLarge({ endpoint }: Stream): void {
    this.#announcer.tellLimit('event-size', endpoint.url)
  }

  onMute(stream: Stream): void {
    this.#muting.onMute(stream)
  }

  onRetire(stream: Stream): void {
    if (stream.isPrimary) this.#leave(stream, 'drain')
    else stream.close()
  }

  onHint(stream: Stream, hint: Hint): void {
    const { standby, load = 0, topics, at, end } = hint
    const isMovable = stream.isPrimary && stream.isHealthy && !this.isOnce
    this.#dialer.knowServer()
    this.#hints.take(stream, hint)
    if (topics) this.delivery.names.learn(topics)
    this.#redundancy.onHint(standby, load)
    // The queue is full for a reason that is not the server's.
    if (at && stream.isStandby && !this.queue.isFull) this.#redundancy.onStandbyAt(at)
    if (at) this.#probing.look()
    const move = isMovable ? this.#hints.suggestMove(stream, hint, this.streams.extra) : undefined
    if (move) this.dial(move.to, move.purpose)
    if (end && !stream.isStandby) this.#outcomes.ended(stream, end)
  }

  // What becomes of streams.

  #opened(stream: Stream): void {
    const { primary } = this.streams
    const isHeld = primary?.isHealthy === true
    if (stream.isStandby) {
      this.#announcer.tellExtra(stream, true)
      return this.#redundancy.update()
    }
    if (stream.purpose === 'full') {
      if (isHeld) this.#announcer.tellExtra(stream, true)
    } else if (primary && stream.purpose !== 'race') primary.leaving = stream.moveReason
    if (!primary?.isHealthy) this.streams.promote(stream)
    this.streams.displace(stream, this.positions.areComparable)
    this.update()
  }

  // It fell silent, or is heard again.
  #doubted(stream: Stream): void {
    const endpoint = stream.endpoint.url
    if (stream.isSuspect) this.#redundancy.raise()
    if (stream.isSuspect) this.streams.depose(stream)
    if (stream.isPrimary && stream.isSuspect) this.#announcer.say({ state: 'suspect', endpoint })
    else if (stream.isPrimary) this.#announcer.sayOpen(stream)
    this.update()
  }

  #closed(stream: Stream, wasOpen: boolean, loss: Loss | undefined): void {
    const hasDelivered = stream.isPrimary
    const wasExtra = stream === this.streams.extra
    this.streams.remove(stream)
    if (wasExtra && wasOpen) this.#announcer.tellExtra(stream, false)
    if (!this.presence.isAwake) return
    // What it was to bring, the others may have left to it.
    for (const other of this.streams.delivering) this.onOutcome(other, this.delivery.settle(other))
    if (loss && !stream.isOnTrial) this.#outcomes.lost(stream, wasOpen, hasDelivered, loss)
    // An additional connection retires by itself when its server drains.
    else this.#redundancy.update()
  }

  // One that is odd itself is not relied on when another one fails: it is doubtful with it.
  #need(lost: Stream | undefined, known: EndpointState | undefined): void {
    for (const { attempt } of this.streams.odd) attempt.doubt()
    const { primary, extra } = this.streams
    const { endpoint, isYoung = false, wasUseful = false } = lost ?? primary ?? {}
    const warm = known ?? this.#probing.well ?? (extra?.isStandby && extra.isHealthy ? extra.endpoint : undefined)
    this.#race.need({ lost: endpoint, warm, isYoung, wasUseful })
  }

  #leave(stream: Stream, reason: MoveReason): void {
    if (!stream.isHealthy || this.isOnce) return
    this.streams.leave(stream, reason)
    this.update()
  }
}
