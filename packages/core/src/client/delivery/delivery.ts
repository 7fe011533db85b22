/**
 * Exactly once, in each topic's order, from streams that overlap.
 *
 * What was accepted of a topic only grows, so nothing comes twice or out of order. An event is delivered only from a
 * stream that brought everything since some position at or before that, so nothing is skipped without a gap being told.
 * Nothing here waits. docs/failover.md has the evidence.
 */
import type { ReceivedEvent } from '../../wire/event.ts'
import { lastEventIdHeader } from '../../wire/last-event-id.ts'
import type { Position, PositionId } from '../../wire/position.ts'
import type { TopicEvent } from '../types.ts'
import { Coverage, type Source } from './coverage.ts'
import { gapEvent, type GapReason, parseGap } from './gap.ts'
import { Positions } from './positions.ts'
import type { Queue } from './queue.ts'
import { TopicNames } from './topic-names.ts'

/** What became of something that a stream brought, and with it of the stream. */
export type Outcome =
  | 'delivered'
  /** It came before. */
  | 'repeated'
  /** Another stream is to bring what is missing before it, and then this. */
  | 'left'
  /** The stream has to begin again at what was accepted. */
  | 'reopen'
  /** The server's log is older than what was seen. */
  | 'stale'
  /** The application's `until` was looking for this event. */
  | 'complete'

/** What a delivery asks of the connection around it. */
export interface DeliveryHost {
  /** The application's: whether an event ends it all. */
  until?: ((event: TopicEvent) => boolean) | undefined
  /** Something that a server sends is more than can be kept. */
  onLimit(limit: 'id-size' | 'topic-count'): void
}

/** Takes what streams bring, and puts what is new into the queue. */
export class Delivery {
  readonly positions: Positions = new Positions()
  readonly names: TopicNames = new TopicNames()
  readonly #sources: Iterable<Source>
  readonly #queue: Queue
  readonly #host: DeliveryHost

  /** @param sources - those that there are at any time */
  constructor(sources: Iterable<Source>, queue: Queue, host: DeliveryHost) {
    this.#sources = sources
    this.#queue = queue
    this.#host = host
  }

  /** What a stream covers that goes on from what was accepted so far. */
  cover(adoptsOlderLog: boolean): Coverage {
    return new Coverage(this.positions, adoptsOlderLog)
  }

  /** Take an event. @param ownId - undefined for one that has the id of an earlier event */
  takeEvent(source: Source, event: ReceivedEvent, ownId: string | undefined): Outcome {
    if (ownId === undefined) return this.#takeOpaque(source, ownId, event)
    const { reader } = source.coverage
    const isGap = event.event === gapEvent
    const next = isGap ? undefined : reader.next(ownId)
    if (next) return this.#takeNext(source, event, reader.key, next)
    const id = reader.read(ownId)
    if (!id) return this.#takeOpaque(source, ownId, event)
    const gap = isGap ? parseGap(event.data) : undefined
    if (gap) return this.#takeVector(source, id, gap.reason, this.names.learn(gap.topics))
    // It comes right after the position before its own; the other topics stand where it says.
    for (const [key, position] of id.positions) {
      this.#learn(source, key, key === id.advanced ? before(position) : position)
    }
    return this.#takeNext(source, event, id.advanced, id.positions.get(id.advanced) as Position)
  }

  /** Take an id without an event: everything up to it was written to this stream. */
  takeCheckpoint(source: Source, ownId: string): Outcome {
    const id = source.coverage.reader.read(ownId)
    return id ? this.#takeVector(source, id) : this.#takeOpaque(source, ownId)
  }

  /** An event was passed over, since it is larger than what is kept of one: a gap, and the stream goes on after it. */
  takeTooLarge(source: Source, ownId: string | undefined): Outcome {
    const id = ownId === undefined ? undefined : source.coverage.reader.read(ownId)
    if (id) return this.#takeVector(source, id, 'too-large', [id.advanced])
    const from = this.positions.id()
    const outcome = this.#takeOpaque(source, ownId)
    if (outcome === 'delivered') {
      this.#queue.push({
        id: this.positions.id(),
        gap: { reason: 'too-large', topics: [], from, to: this.positions.id() },
      })
    }
    return outcome
  }

  /** A stream has gone: what it left to this one, this one may have left to it. */
  settle(source: Source): Outcome {
    for (const key of source.coverage.base.keys()) if (this.#closeHole(source, key) === 'reopen') return 'reopen'
    return 'repeated'
  }

  /** Whether everything was accepted that others were to bring instead of this stream. */
  isCaughtUp(source: Source): boolean {
    return this.positions.covers(source.coverage.base)
  }

  // A checkpoint, or a gap: one that admits to a hole in some topics.
  #takeVector(source: Source, { positions }: PositionId, reason?: GapReason, missing: readonly string[] = []): Outcome {
    for (const [key, position] of positions) {
      this.#learn(source, key, position, missing.includes(key) ? reason : undefined)
    }
    let outcome: Outcome = 'repeated'
    for (const [key, position] of positions) {
      const each = this.#advance(source, key, position, position)
      if (each === 'stale' || each === 'reopen') return each
      if (each === 'delivered') outcome = each
    }
    this.#queue.push({ id: this.positions.id() })
    return outcome
  }

  #takeNext(source: Source, event: ReceivedEvent, key: string, position: Position): Outcome {
    // The usual event: between it and what was accepted there is no other, whatever the stream covers.
    const outcome = this.positions.setNext(key, position) ? 'delivered' : this.#advance(source, key, position)
    if (outcome === 'left') {
      source.coverage.left.add(key)
      source.coverage.base.set(key, position)
    }
    if (outcome !== 'delivered') return outcome
    // Where streams overlap, an event's own id says where its stream is: this says what the application has.
    return this.#push(this.positions.idAfter(event.id, key), event, this.names.of(key))
  }

  // Only the stream that delivers counts, and nothing is compared: the standard drops nothing, and counters begin anew.
  #takeOpaque(source: Source, ownId: string | undefined, event?: ReceivedEvent): Outcome {
    if (!source.isPrimary) return 'left'
    if (ownId !== undefined) this.#keepOpaque(ownId)
    const id = this.positions.id()
    if (event) return this.#push(event.id, event, undefined, id)
    this.#queue.push({ id })
    return 'delivered'
  }

  // What can never be sent is not kept either: the next stream goes on from now.
  #keepOpaque(id: string): void {
    const canBeSent = id === '' || lastEventIdHeader(id) !== undefined
    if (!canBeSent) this.#host.onLimit('id-size')
    this.positions.setOpaque(canBeSent ? id : '')
  }

  #push(id: string, received: ReceivedEvent, topic: string | undefined, resumeId: string = id): Outcome {
    const event = received as TopicEvent
    event.id = id
    event.topic = topic
    if (this.#host.until?.(event)) {
      this.#queue.push({ id: resumeId })
      return 'complete'
    }
    this.#queue.push({ id: resumeId, event, gap: undefined })
    return 'delivered'
  }

  // Where a topic is seen for the first time, it begins.
  #learn(source: Source, key: string, start: Position, reason?: GapReason): void {
    const { positions } = this
    // Nothing is known of the topic, so nothing would be missed: but the server knows better.
    if (reason && !positions.of(key)) this.#report(reason, key, start)
    const fits = source.coverage.name(key, start, reason)
    if (!positions.of(key)) positions.set(key, source.coverage.base.get(key) as Position)
    if (!positions.trim((each) => this.#isNamed(each)) || !fits) this.#host.onLimit('topic-count')
  }

  #isNamed(key: string): boolean {
    for (const { coverage } of this.#sources) if (coverage.names(key)) return true
    return false
  }

  /** @param start - where the stream stands before it; right before, unless it says so */
  #advance(source: Source, key: string, position: Position, start?: Position): Outcome {
    const { positions } = this
    // It may have been forgotten.
    if (!positions.of(key) || !source.coverage.base.has(key)) this.#learn(source, key, start ?? before(position))
    let accepted = positions.of(key) as Position
    if (position.epoch < accepted.epoch) {
      // Also from the only endpoint: behind one URL there may be a server that lags.
      if (!source.coverage.adoptsOlderLog) return 'stale'
      accepted = this.#beginAnew(source, key, start ?? before(position))
      if (start) return 'delivered'
    }
    if (position.epoch === accepted.epoch && position.offset <= accepted.offset) return 'repeated'
    const outcome = this.#closeHole(source, key)
    if (outcome !== 'delivered') return outcome
    if (position.epoch > (positions.of(key) as Position).epoch)
      this.#report('new-epoch', key, start ?? before(position))
    positions.set(key, position)
    return 'delivered'
  }

  // Look for events between what was accepted and where the stream begins, and report them if nobody can bring them.
  #closeHole(source: Source, key: string): 'delivered' | 'left' | 'reopen' {
    const { positions } = this
    const { base, left } = source.coverage
    const begins = base.get(key) as Position
    if (!positions.isAhead(key, begins)) return 'delivered'
    for (const other of this.#sources) {
      const from = other.coverage.base.get(key)
      // A suspect does not count as bringing anything.
      if (other !== source && from && other.isBringing && !positions.isAhead(key, from)) return 'left'
    }
    if (left.has(key) || source.coverage.beganAnywhere(key)) return 'reopen'
    this.#report(source.coverage.reasonOf(key), key, begins)
    return 'delivered'
  }

  #beginAnew(source: Source, key: string, start: Position): Position {
    this.#report('new-epoch', key, start)
    source.coverage.base.set(key, start)
    return start
  }

  #report(reason: GapReason, key: string, position: Position): void {
    const from = this.positions.id()
    this.positions.set(key, position)
    const to = this.positions.id(key)
    this.#queue.push({ id: to, gap: { reason, topics: [this.names.of(key) ?? key], from, to } })
  }
}

function before({ epoch, offset }: Position): Position {
  return { epoch, offset: Math.max(offset - 1, 0) }
}
