import { type Clock, Timer } from '../../clock.ts'
import type { ReceivedEvent } from '../../wire/event.ts'
import type { Hint } from '../../wire/hints.ts'
import type { Loss } from '../attempt/answer.ts'
import { Attempt, type AttemptListener, type Timeouts } from '../attempt/attempt.ts'
import type { StreamRequest } from '../attempt/request.ts'
import type { AttemptState } from '../attempt/states.ts'
import { minUptime, muteAfter, usefulUptime } from '../constants.ts'
import type { Coverage, Source } from '../delivery/coverage.ts'
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import type { Queue } from '../delivery/queue.ts'
import type { MoveReason } from '../status.ts'
import type { Acknowledgement } from './acknowledgement.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'

/** What an attempt is for: the stream that delivers, one more beside it, a voluntary move, or a trial. */
export type Purpose = 'race' | 'standby' | 'full' | 'shed' | 'preferred' | 'slow' | 'poll' | 'unmute'

/** Who decides about streams. */
export interface StreamOwner {
  readonly endpoints: EndpointPool
  readonly delivery: Delivery
  readonly queue: Queue
  readonly streams: { readonly primary: Stream | undefined }
  onHead(stream: Stream, response: Response): void
  onState(stream: Stream, state: AttemptState, from: AttemptState, loss: Loss | undefined): void
  onOutcome(stream: Stream, outcome: Outcome): void
  onCheckpoint(): void
  onHint(stream: Stream, hint: Hint): void
  onTooLarge(stream: Stream): void
  /** Neither a head nor a byte came for 3 s. */
  onMute(stream: Stream): void
  /** Its time to be closed has come. */
  onRetire(stream: Stream): void
}

/** What a stream is made of. */
export interface StreamParts {
  endpoint: EndpointState
  purpose: Purpose
  request: StreamRequest
  timeouts: Timeouts
  coverage: Coverage
}

/** One attempt and the stream that it becomes, in its role among the others. */
export class Stream implements Source, AttemptListener {
  readonly endpoint: EndpointState
  readonly purpose: Purpose
  readonly coverage: Coverage
  readonly attempt: Attempt
  /** When it is to be closed, if another one replaces it. */
  readonly retirement: Timer
  readonly #mute: Timer
  /** It is read as the answers to one poll after the other. */
  readonly isPoll: boolean
  /** Why another stream is to replace it. It is read on until that one is live. */
  leaving: MoveReason | undefined
  /** Its server goes away. */
  isDraining = false
  /** Whether it brought anything new. */
  wasUseful = false
  /** What was accepted in all when it was heard last, as {@link Positions.version} counts. */
  seen = 0
  acknowledgement: Acknowledgement | undefined
  readonly #owner: StreamOwner
  readonly #clock: Clock
  #openedAt = Infinity

  constructor({ endpoint, purpose, request, timeouts, coverage }: StreamParts, owner: StreamOwner, clock: Clock) {
    this.endpoint = endpoint
    this.purpose = purpose
    this.coverage = coverage
    this.#owner = owner
    this.#clock = clock
    this.retirement = new Timer(clock, () => owner.onRetire(this))
    this.isPoll = request.polls === true
    this.#mute = new Timer(clock, () => void (this.attempt.isHeard || owner.onMute(this)))
    // Who reads the answers in another way wants them as they are.
    const mayBePolled = purpose === 'race' && !this.isPoll && !timeouts.neverIdle && !request.createParser
    if (mayBePolled) this.#mute.set(muteAfter)
    this.attempt = new Attempt(request, timeouts, this, clock)
  }

  get isStandby(): boolean {
    return this.purpose === 'standby'
  }

  /** It brings events, or is to: also when it is suspect, or to be replaced. */
  get isDelivering(): boolean {
    return this.attempt.isOpen && !this.isStandby && !this.isOnTrial
  }

  /** It is to find out whether a proxy collects streams. */
  get isTrial(): boolean {
    return this.purpose === 'poll' || this.purpose === 'unmute'
  }

  /** It counts for nothing before its first byte: a head alone comes through any proxy. */
  get isOnTrial(): boolean {
    return this.isTrial && !this.attempt.isHeard
  }

  get isBringing(): boolean {
    return this.isDelivering && !this.isSuspect
  }

  get isPrimary(): boolean {
    return this.#owner.streams.primary === this
  }

  get isSuspect(): boolean {
    return this.attempt.state === 'suspect'
  }

  /** Silent for longer than usual: others must not rely on it. */
  get isOdd(): boolean {
    return this.attempt.state === 'odd'
  }

  /** Whether it can be relied on for some time to come, a standby as such. */
  get isHealthy(): boolean {
    return this.attempt.isOpen && !this.isSuspect && !this.leaving
  }

  /**
   * Whether it is too young to stand for a working server, or was never open. Events show as much as some seconds do, but for
   * a suspect: replaced in haste, none would live to be heard again at a server that promises more heartbeats than it sends.
   */
  get isYoung(): boolean {
    const isProven = this.wasUseful && !this.isSuspect
    return this.#clock.now() - this.#openedAt < (isProven ? usefulUptime : minUptime)
  }

  /** An attempt of a race that has no answer yet. */
  get isRacing(): boolean {
    return this.purpose === 'race' && this.attempt.state === 'connecting'
  }

  /** Why it is opened although another one works. */
  get moveReason(): MoveReason | undefined {
    const { purpose } = this
    return purpose === 'shed' || purpose === 'preferred' || purpose === 'slow' ? purpose : undefined
  }

  close(): void {
    this.attempt.close()
  }

  onHead(response: Response): void {
    this.#openedAt = this.#clock.now()
    this.#owner.onHead(this, response)
  }

  onState(state: AttemptState, from: AttemptState, loss: Loss | undefined): void {
    if (state === 'lost' || state === 'retired') {
      this.#mute.clear()
      this.retirement.clear()
      this.acknowledgement?.stop()
    }
    this.#owner.onState(this, state, from, loss)
  }

  onEvent(event: ReceivedEvent, ownId: string | undefined): void {
    if (!this.isStandby) this.#tell(this.#owner.delivery.takeEvent(this, event, ownId))
  }

  onCheckpoint(id: string): void {
    if (this.isStandby) return
    this.#tell(this.#owner.delivery.takeCheckpoint(this, id))
    this.#owner.onCheckpoint()
  }

  onHint(hint: Hint): void {
    this.#owner.onHint(this, hint)
  }

  onRetry(milliseconds: number): void {
    this.endpoint.reconnectionTime = milliseconds
  }

  onTooLarge(ownId: string | undefined): void {
    this.#owner.onTooLarge(this)
    if (!this.isStandby) this.#tell(this.#owner.delivery.takeTooLarge(this, ownId))
  }

  room(): Promise<void> | undefined {
    this.seen = this.#owner.delivery.positions.version
    const room = this.isStandby ? undefined : this.#owner.queue.room()
    // While nobody takes the events it is our doing how late they come.
    if (room) this.endpoint.lateness = Infinity
    return room
  }

  // Of one event more nothing follows, but of the first one, and where the stream that delivers was behind.
  #tell(outcome: Outcome): void {
    if (outcome === 'repeated' || outcome === 'left') return
    const isBehind = this.#owner.streams.primary?.leaving === 'behind'
    if (outcome !== 'delivered' || !this.wasUseful || isBehind) this.#owner.onOutcome(this, outcome)
  }
}
