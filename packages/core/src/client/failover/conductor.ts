import type { Clock } from '../../clock.ts'
import type { Hint } from '../../wire/hints.ts'
import { parsePositionId } from '../../wire/position.ts'
import type { Loss } from '../attempt/answer.ts'
import type { AttemptState } from '../attempt/states.ts'
import { drainShare, overlap, refusedFor, staleBar, tooBusy } from '../constants.ts'
import type { Consumer } from '../delivery/consumer.ts'
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import type { Queue } from '../delivery/queue.ts'
import { ConnectionError, type ConnectionErrorCode, type ConnectionErrorDetails } from '../errors.ts'
import type { ConnectionCloseReason, MoveReason, Status } from '../status.ts'
import type { ConnectOptions } from '../types.ts'
import { Acknowledgement } from './acknowledgement.ts'
import type { Announcer } from './announcer.ts'
import { Dialer } from './dialer.ts'
import { EndpointPool, type EndpointState } from './endpoints.ts'
import { judge } from './judge.ts'
import { Race } from './race.ts'
import { Redundancy } from './redundancy.ts'
import type { Purpose, Stream, StreamOwner } from './stream.ts'
import { Streams } from './streams.ts'
import { VoluntaryMoves } from './voluntary-moves.ts'

/** What a conductor conducts. */
export interface ConductorParts {
  endpoints: EndpointPool
  options: ConnectOptions
  delivery: Delivery
  queue: Queue
  consumer: Consumer
  announcer: Announcer
  clock: Clock
}

/**
 * Decides what becomes of a connection: the only one that knows attempts, delivery and endpoints.
 *
 * | what happens to a stream  | what is done about it                                                        |
 * |---------------------------|------------------------------------------------------------------------------|
 * | open                      | it delivers unless another one does; suspects are closed, races are over     |
 * | live                      | those that it replaces are closed                                            |
 * | suspect                   | a race for another stream beside it; one connection more from now on         |
 * | live again                | the race is off                                                              |
 * | lost                      | the endpoint is judged; another stream that is open delivers, or a race for one |
 * | drain=, shed=, slow …     | another stream is opened, and this one is closed when that is live           |
 * | brings an older log       | closed, unless every endpoint says so                                        |
 * | left events to another    | opened again when that one is gone                                           |
 * | end=                      | the connection is over, if nothing was left to others                        |
 */
export class Conductor implements StreamOwner {
  readonly delivery: Delivery
  readonly #queue: Queue
  readonly #consumer: Consumer
  readonly #announcer: Announcer
  readonly #clock: Clock
  readonly #options: ConnectOptions
  readonly #streams = new Streams()
  readonly #dialer: Dialer
  readonly #race: Race
  readonly #redundancy: Redundancy
  readonly #moves: VoluntaryMoves
  #endpoints: EndpointPool
  #isClosed = false
  /** Where events came from last. */
  #source: string | undefined

  constructor({ endpoints, options, delivery, queue, consumer, announcer, clock }: ConductorParts) {
    this.delivery = delivery
    this.#queue = queue
    this.#consumer = consumer
    this.#announcer = announcer
    this.#clock = clock
    this.#options = options
    this.#endpoints = endpoints
    this.#dialer = new Dialer(options, this, clock)
    this.#moves = new VoluntaryMoves(clock)
    this.#race = this.#createRace()
    this.#redundancy = this.#createRedundancy()
  }

  /** Begin, now that it is known where. */
  start(): void {
    if (this.#isClosed) return
    const warm = this.#endpoints.pick(() => true)
    this.#race.need({ warm, isYoung: false, wasUseful: false })
  }

  /** Move to another connection now, or make the next attempt now. */
  reconnect(): void {
    if (this.#isClosed) return
    if (this.#streams.primary) this.#leave(this.#streams.primary, 'requested')
    this.#race.hurry()
  }

  /** The machine's network changed: streams opened before are likely to be dead, which only their silence would show. */
  networkChanged(isOnline: boolean): void {
    if (this.#isClosed) return
    if (isOnline) this.#race.hurry()
    this.#streams.primary?.attempt.doubt()
  }

  /** @param discard - what was not consumed will not be wanted */
  finish(reason: ConnectionCloseReason, discard: boolean, error?: ConnectionError): void {
    this.#queue.close(discard)
    if (discard) this.#consumer.close()
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopRace()
    this.#redundancy.stop()
    for (const stream of this.#streams) stream.close()
    this.#announcer.say({ state: 'closed', reason, error })
  }

  /** End with an error that the iteration throws. */
  fail(code: ConnectionErrorCode, details: ConnectionErrorDetails): void {
    if (this.#consumer.isOver) return
    const error = new ConnectionError(code, details)
    this.#consumer.fail(error)
    this.finish('failed', code === 'invalid-event', error)
  }

  // What streams tell.

  isPrimary(stream: Stream): boolean {
    return stream === this.#streams.primary
  }

  get awaitsDelivery(): boolean {
    return this.#streams.primary?.leaving === 'behind'
  }

  room({ endpoint }: Stream): Promise<void> | undefined {
    if (!this.#queue.isFull) return undefined
    // While nobody takes the events it is our doing how late they come.
    endpoint.lateness = Infinity
    return this.#queue.changed()
  }

  onHead(stream: Stream, response: Response): void {
    this.#endpoints.answered(stream.endpoint, stream.attempt.took)
    const url = this.#dialer.resumeByGet(stream, response)
    if (!url) return
    this.#endpoints = new EndpointPool(url, this.#clock)
    this.#race.use(this.#endpoints)
    // Everything of the resource belongs to the application, as long as nothing says how much of it it has.
    if (this.delivery.positions.id() === '') this.delivery.positions.begin('earliest')
  }

  onState(stream: Stream, state: AttemptState, from: AttemptState, loss: Loss | undefined): void {
    switch (state) {
      case 'open':
        return this.#opened(stream)
      case 'live':
        return from === 'suspect' ? this.#doubted(stream) : this.#relieve(stream)
      case 'suspect':
        return this.#doubted(stream)
      case 'lost':
      case 'retired':
        return this.#closed(stream, from !== 'connecting', loss)
      case 'connecting':
    }
  }

  onOutcome(stream: Stream, outcome: Outcome): void {
    switch (outcome) {
      case 'delivered':
        return this.#delivered(stream)
      case 'stale':
        return this.#broughtOlderLog(stream)
      case 'reopen':
        stream.close()
        return this.#update(undefined, stream.endpoint)
      case 'complete':
        return this.finish('done', false)
      case 'repeated':
      case 'left':
    }
  }

  onCheckpoint(): void {
    if (!this.#isClosed) this.#redundancy.update()
  }

  onTooLarge(stream: Stream): void {
    this.#announcer.tellLimit('event-size', stream.endpoint.url)
  }

  onRetire(stream: Stream): void {
    if (this.isPrimary(stream)) this.#leave(stream, 'drain')
    else stream.close()
  }

  onHint(stream: Stream, hint: Hint): void {
    const { endpoint, attempt } = stream
    const { heartbeat, load = endpoint.load, topics, drain, conn, ack, standby, at, end } = hint
    this.#dialer.knowServer()
    endpoint.load = load
    if (heartbeat !== undefined) attempt.expect(heartbeat)
    if (topics) this.delivery.names.learn(topics)
    if (conn && ack) this.#acknowledge(stream, conn, ack)
    if (drain !== undefined) this.#drains(stream, drain)
    this.#redundancy.onHint(standby, load)
    // The queue is full for a reason that is not the server's.
    if (at && stream.isStandby && !this.#queue.isFull) this.#redundancy.onStandbyAt(at)
    if (this.isPrimary(stream) && stream.isHealthy) this.#moveIfBetter(stream, hint)
    if (end && !stream.isStandby) this.#ended(stream, end)
  }

  // What becomes of streams.

  #opened(stream: Stream): void {
    const { primary } = this.#streams
    if (stream.isStandby) {
      this.#tellExtra(stream, true)
      return this.#redundancy.update()
    }
    if (stream.purpose === 'full') {
      if (primary?.isHealthy) this.#tellExtra(stream, true)
    } else if (primary && stream.purpose !== 'race') primary.leaving = moveReasonOf(stream.purpose)
    if (!primary?.isHealthy) this.#promote(stream)
    // It replaces suspects, and all others where only one stream may count.
    for (const other of this.#streams.delivering) {
      if (other === stream || (!other.isSuspect && this.delivery.positions.areComparable)) continue
      if (other.isSuspect) this.#endpoints.failed(other.endpoint)
      other.close()
    }
    this.#update()
  }

  // It fell silent, or is heard again.
  #doubted(stream: Stream): void {
    if (stream.isSuspect) this.#redundancy.raise()
    if (this.isPrimary(stream)) {
      this.#say({ state: stream.isSuspect ? 'suspect' : 'open', endpoint: stream.endpoint.url })
    }
    this.#update()
  }

  #delivered(stream: Stream): void {
    const { primary } = this.#streams
    if (!stream.wasUseful) this.#agreed(stream)
    stream.wasUseful = true
    if (primary?.leaving !== 'behind' || !this.#redundancy.isCovered) return
    this.#keep(primary)
    this.#update()
  }

  // Of a log that was taken for older than another one nothing is left to compare.
  #agreed({ endpoint, coverage }: Stream): void {
    const all = coverage.adoptsOlderLog ? this.#endpoints.all : [endpoint]
    for (const each of all) this.#endpoints.agreed(each)
  }

  #broughtOlderLog(stream: Stream): void {
    this.#endpoints.saidStale(stream.endpoint)
    if (this.#endpoints.all.length > 1) this.#endpoints.bar(stream.endpoint, staleBar)
    stream.attempt.lose({ reason: 'stale' })
    this.#redundancy.lower()
  }

  #ended(stream: Stream, end: 'done' | 'failed'): void {
    if (!this.delivery.positions.areComparable && !this.isPrimary(stream)) return
    // What this stream left to others is still to come.
    if (!this.delivery.isCaughtUp(stream)) stream.attempt.lose({ reason: 'ended' })
    else if (end === 'failed') this.fail('source-failed', { endpoint: stream.endpoint.url })
    else this.finish('done', false)
  }

  #closed(stream: Stream, wasOpen: boolean, loss: Loss | undefined): void {
    const hasDelivered = this.isPrimary(stream)
    const wasExtra = stream === this.#streams.extra
    this.#streams.remove(stream)
    this.delivery.remove(stream)
    if (wasExtra && wasOpen) this.#tellExtra(stream, false)
    if (this.#isClosed) return
    // What it was to bring, the others may have left to it.
    for (const other of this.#streams.delivering) this.onOutcome(other, this.delivery.settle(other))
    if (loss) this.#lost(stream, wasOpen, hasDelivered, loss)
    // An additional connection retires by itself when its server drains.
    else this.#redundancy.update()
  }

  #lost(stream: Stream, wasOpen: boolean, hasDelivered: boolean, loss: Loss): void {
    const { endpoint, purpose } = stream
    this.#drawConsequences(stream, loss)
    if (this.#isClosed) return
    if (wasOpen) this.#redundancy.raise()
    const wasRacing = purpose === 'race' && !wasOpen
    if (hasDelivered || (wasRacing && !this.#streams.primary)) {
      const { reason, status, error } = loss
      this.#say({
        state: 'lost',
        endpoint: endpoint.url,
        reason,
        ...(status && { status }),
        ...(error !== undefined && { error }),
      })
    }
    if (wasRacing) this.#race.more()
    this.#update(stream)
  }

  #drawConsequences(stream: Stream, loss: Loss): void {
    const { endpoint } = stream
    const endpoints = this.#endpoints
    if (!stream.isYoung) endpoint.failuresInARow = 0
    // What a server says of its reconnection time is a minimum, and for itself only.
    if (endpoint.reconnectionTime > 0) endpoints.bar(endpoint, endpoint.reconnectionTime)
    const details = { endpoint: endpoint.url, status: loss.status, cause: loss.error }
    const consequence = judge(loss, stream, endpoints, this.#dialer.isOnce)
    switch (consequence.kind) {
      case 'complete':
        return this.finish('no-content', false)
      case 'fail':
        return this.fail(consequence.code, details)
      case 'refusal':
        endpoints.refused(endpoint, refusedFor)
        if (consequence.forGood) endpoints.remove(endpoint)
        return endpoints.areAllRefused ? this.fail(consequence.code, details) : undefined
      case 'failure':
        endpoints.failed(endpoint)
        if (loss.retryAfter) endpoints.bar(endpoint, loss.retryAfter)
        if (loss.status === 429) this.#race.tooMany(endpoint)
        return undefined
      case 'none':
    }
  }

  // Which stream delivers.

  // Dial when no stream can be relied on, and stop dialling when one can.
  #update(lost?: Stream, warm?: EndpointState): void {
    if (this.#isClosed || this.#dialer.isOnce) return
    const next = this.#streams.healthy ?? this.#streams.delivering[0]
    if (next && !this.#streams.primary) {
      // It was to go when the other one had come.
      this.#keep(next)
      this.#promote(next)
    }
    if (this.#streams.healthy) this.#stopRace()
    else this.#need(lost, warm)
    this.#redundancy.update()
  }

  #need(lost: Stream | undefined, known: EndpointState | undefined): void {
    const { primary, extra } = this.#streams
    const before = lost ?? primary
    const warm = known ?? (extra?.isStandby && extra.isHealthy ? extra.endpoint : undefined)
    const { isYoung = false, wasUseful = false } = before ?? {}
    this.#race.need({ lost: lost?.endpoint, warm, isYoung, wasUseful })
  }

  // From now on this stream delivers.
  #promote(stream: Stream): void {
    const { primary } = this.#streams
    const endpoint = stream.endpoint.url
    const from = this.#source
    this.#streams.primary = stream
    this.#source = endpoint
    const reason = primary?.leaving ?? (primary?.isSuspect ? 'suspect' : 'lost')
    if (from !== undefined && from !== endpoint) this.#say({ state: 'switched', from, endpoint, reason })
    this.#say({ state: 'open', endpoint })
  }

  // Replace a stream before it ends.
  #leave(stream: Stream, reason: MoveReason): void {
    if (!stream.isHealthy || this.#dialer.isOnce) return
    stream.leaving = reason
    const next = this.#streams.healthy
    if (next && this.isPrimary(stream)) {
      this.#promote(next)
      this.#relieve(next)
    }
    this.#update()
  }

  // Don't replace it after all, unless its server goes away.
  #keep(stream: Stream): void {
    stream.leaving = stream.isDraining ? 'drain' : undefined
    stream.retirement.clear()
  }

  // Close what is to be replaced, now that another stream is live.
  #relieve(live: Stream): void {
    if (live.isStandby) return
    for (const stream of this.#streams.delivering) {
      if (stream === live || !stream.leaving) continue
      if (stream.leaving === 'behind') this.#endpoints.failed(stream.endpoint)
      if (!stream.retirement.isSet) stream.retirement.set(stream.leaving === live.purpose ? overlap : 0)
    }
  }

  // At a random moment, so that not all clients of a server that goes away move at once.
  #drains(stream: Stream, within: number): void {
    stream.isDraining = true
    this.#endpoints.avoid(stream.endpoint, within)
    if (!stream.retirement.isSet) stream.retirement.set(this.#clock.random() * drainShare * within)
  }

  #moveIfBetter({ endpoint }: Stream, hint: Hint): void {
    if (this.#dialer.isOnce) return
    const move = this.#moves.suggest(endpoint, hint, this.#endpoints, this.#streams.extra?.endpoint)
    if (move) this.#dial(move.to, move.purpose)
  }

  // The parts.

  #createRace(): Race {
    const host = {
      mayRepeat: () => !this.#dialer.isOnce,
      attempts: () => this.#streams.racing.length,
      isTaken: (endpoint: EndpointState) => this.#streams.occupies(endpoint),
      attempt: (endpoint: EndpointState) => {
        if (!this.#streams.primary) this.#say({ state: 'connecting', endpoint: endpoint.url })
        this.#dial(endpoint, 'race')
      },
      onWait: (delay: number) => {
        if (!this.#streams.primary) this.#say({ state: 'waiting', delay })
      },
    }
    return new Race(this.#endpoints, this.#options.backoff, host, this.#clock)
  }

  #stopRace(): void {
    this.#race.stop()
    for (const stream of this.#streams.racing) stream.close()
  }

  #createRedundancy(): Redundancy {
    const isElsewhere = ({ host }: EndpointState): boolean => host !== this.#streams.primary?.endpoint.host
    const host = {
      hasExtra: () => this.#streams.extra !== undefined,
      extraFits: (level: string) => {
        const { extra } = this.#streams
        // A browser has 6 connections to a host, over HTTP/1.1, and one host tends to fail as one.
        return extra?.purpose === level && isElsewhere(extra.endpoint)
      },
      canHold: () =>
        !this.#dialer.isOnce &&
        this.#streams.primary?.isHealthy === true &&
        this.delivery.positions.areComparable &&
        this.#endpoints.all.some(isElsewhere),
      closeExtra: () => this.#streams.extra?.close(),
      openExtra: (purpose: 'standby' | 'full') => {
        const now = this.#clock.now()
        const endpoint = this.#endpoints.pick(
          (each) => isElsewhere(each) && each.load < tooBusy && each.avoidUntil <= now,
        )
        if (endpoint) this.#dial(endpoint, purpose)
      },
      covers: (id: string) => this.delivery.positions.covers(parsePositionId(id)?.positions ?? []),
      onBehind: () => {
        if (this.#streams.primary) this.#leave(this.#streams.primary, 'behind')
      },
    }
    return new Redundancy(this.#options.redundancy, host, this.#clock)
  }

  #dial(endpoint: EndpointState, purpose: Purpose): void {
    if (this.#isClosed) return
    const stream = this.#dialer.dial(endpoint, purpose, this.#endpoints)
    this.#streams.add(stream)
    this.delivery.add(stream)
  }

  #acknowledge(stream: Stream, connection: string, interval: number): void {
    if (!this.#options.acknowledge || stream.acknowledgement) return
    const { url } = stream.endpoint
    const { headers, signal } = stream.attempt
    const lastEventId = (): string => this.#consumer.lastEventId
    const parts = { url, connection, interval, headers, signal, fetch: this.#options.fetch, lastEventId }
    stream.acknowledgement = new Acknowledgement(parts, this.#clock)
  }

  #say(status: Status): void {
    if (!this.#isClosed) this.#announcer.say(status)
  }

  #tellExtra({ endpoint, purpose }: Stream, open: boolean): void {
    this.#announcer.tell({
      state: 'standby',
      endpoint: endpoint.url,
      mode: purpose === 'full' ? 'full' : 'standby',
      open,
    })
  }
}

function moveReasonOf(purpose: Purpose): MoveReason | undefined {
  return purpose === 'shed' || purpose === 'preferred' || purpose === 'slow' ? purpose : undefined
}
