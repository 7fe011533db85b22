import type { ReceivedEvent } from '../wire/event.ts'
import type { Hint } from '../wire/hints.ts'
import { acknowledge } from './acknowledge.ts'
import type { Loss } from './answer.ts'
import { Consumer, type ConsumerOwner } from './consumer.ts'
import { Delivery, type Verdict } from './delivery.ts'
import { Drain } from './drain.ts'
import type { EndpointState } from './endpoint.ts'
import type { EndpointList } from './endpoints.ts'
import { ConnectionError } from './errors.ts'
import { Intake } from './intake.ts'
import { judge, type Judged } from './judge.ts'
import { Link, type LinkOwner, type Purpose } from './link.ts'
import { Links } from './links.ts'
import { Mover, type MoverOwner } from './mover.ts'
import { PositionWriter, startOf } from './position-writer.ts'
import { EntryQueue } from './queue.ts'
import { watchNetwork } from './network-change.ts'
import { Race, type RaceOwner } from './race.ts'
import { Redundancy, type RedundancyOwner } from './redundancy.ts'
import { RequestPlan } from './request-plan.ts'
import { levelsOf } from './settings.ts'
import type { ConnectionCloseReason, MoveReason, Status } from './status.ts'
import { StatusBoard } from './status-board.ts'
import type { Clock } from './timer.ts'
import type { ConnectOptions, Endpoints } from './types.ts'

// For servers that contradict each other about the log.
const staleFor = 30_000

/** Holds the links: one that delivers, those that are to replace it, and one beside it. */
export class Connection implements LinkOwner, RaceOwner, MoverOwner, RedundancyOwner, ConsumerOwner, Judged {
  readonly options: ConnectOptions
  readonly delivery: Delivery
  readonly consumer: Consumer
  /** The link whose events count where they cannot be compared. */
  primary: Link | undefined
  readonly board: StatusBoard
  closed = false
  readonly #clock: Clock
  readonly #queue = new EntryQueue()
  readonly #links = new Links()
  readonly #request: RequestPlan
  readonly #intake: Intake
  readonly #race: Race
  readonly #mover: Mover
  readonly #redundancy: Redundancy
  readonly #writer: PositionWriter | undefined
  readonly #drain: Drain
  #move: { link: Link; reason: MoveReason } | undefined
  #behind = ''
  #from = ''
  #unwatch: () => void = () => {}

  constructor(endpoints: Endpoints, options: ConnectOptions, clock: Clock) {
    this.options = options
    this.#clock = clock
    this.#request = new RequestPlan(endpoints, options, clock)
    this.board = new StatusBoard({ state: 'connecting', endpoint: (this.endpoints.all[0] as EndpointState).url })
    this.delivery = new Delivery((gap) => this.#queue.push({ gap, id: gap.to }))
    this.#intake = new Intake(this.delivery, this.#queue)
    this.#writer = options.store && new PositionWriter(options.store, clock)
    this.consumer = new Consumer(this.#queue, this, this.#writer)
    this.#race = new Race(this, clock, options.retry ?? 1_000)
    this.#mover = new Mover(this, clock)
    this.#redundancy = new Redundancy(this, clock, this.once ? { min: 0, max: 0 } : levelsOf(options.redundancy))
    this.#drain = new Drain(clock, (link) => this.#leave(link, 'drain'))
  }

  /** Begin, once it is known where. */
  async start(): Promise<void> {
    const { signal } = this.options
    signal?.addEventListener('abort', this.#abort)
    this.#unwatch = watchNetwork((online) => this.#networkChanged(online))
    if (signal?.aborted) return this.#abort()
    const id = await startOf(this.options)
    if (typeof id !== 'string') return this.fail(id)
    if (this.closed) return
    this.delivery.begin(id)
    this.consumer.lastEventId = id
    this.#race.start(0)
  }

  say(status: Status): void {
    this.board.post(status)
  }

  reconnect(): void {
    if (this.closed) return
    this.#race.hurry()
    this.#leave(this.primary, 'requested')
  }

  close(): void {
    this.#finish('closed', true)
  }

  waiting(delay: number): void {
    if (!this.primary) this.say({ state: 'waiting', delay })
  }

  throttled(endpoint: EndpointState): void {
    this.#race.throttled(endpoint)
  }

  /** There is nothing any more. */
  exhausted(): void {
    this.#finish('no-content', false)
  }

  /** End with an error that the iteration throws. */
  fail(error: ConnectionError): void {
    if (this.closed) return
    this.consumer.failure = { error }
    this.#finish('failed', error.code === 'invalid-event', error)
  }

  get once(): boolean {
    return this.#request.once
  }

  get endpoints(): EndpointList {
    return this.#request.endpoints
  }

  dialForRace(endpoint: EndpointState): Link {
    if (!this.primary) this.say({ state: 'connecting', endpoint: endpoint.url })
    return this.#dial(endpoint, 'race', false)
  }

  dialExtra(endpoint: EndpointState, standby: boolean): Link {
    return this.#dial(endpoint, 'extra', standby)
  }

  get extraEndpoint(): EndpointState | undefined {
    return this.#redundancy.extra?.endpoint
  }

  move(to: EndpointState, reason: MoveReason): void {
    if (this.#move || this.#race.running || this.once) return
    this.#move = { link: this.#dial(to, 'move', false), reason }
  }

  #dial(endpoint: EndpointState, purpose: Purpose, standby: boolean): Link {
    const request = this.#request.to(endpoint, purpose, standby, this.delivery.lastEventId)
    const link = new Link(request, this, this.#clock)
    this.#links.add(link)
    return link
  }

  failing(): EndpointState[] {
    return this.#links.failing
  }

  onOpen(link: Link, response: Response): void {
    this.#request.resumeByGet(link.endpoint, response)
    if (link.standby) {
      this.#redundancy.opened(link)
      return this.#redundancy.update()
    }
    this.delivery.streams.add(link.coverage)
    if (link.purpose === 'race') this.#race.stop(link)
    const old = this.primary
    if (this.#move?.link === link) {
      if (old) old.leaving = this.#move.reason
      this.#move = undefined
    }
    if (!old?.healthy) this.#promote(link)
    if (link.purpose === 'extra' && link !== this.primary) this.#redundancy.opened(link)
    this.#links.dismiss(link, !this.delivery.comparable)
    this.#update()
  }

  onLive(link: Link): void {
    if (!link.standby) this.#links.relieve(link)
  }

  onEvent(link: Link, event: ReceivedEvent, ownId: boolean): void {
    if (!link.standby) this.#obey(link, this.#intake.event(link.coverage, event, ownId, link === this.primary))
  }

  onCheckpoint(link: Link, id: string): void {
    this.#obey(link, this.#intake.checkpoint(link.coverage, id, link === this.primary))
    this.#redundancy.update()
  }

  onHint(link: Link, hint: Hint): void {
    const { conn, ack, topics, end, drain, at } = hint
    this.#request.hinted = true
    this.#redundancy.hint(hint.standby, hint.load)
    if (topics) this.delivery.name(topics)
    if (conn && ack) acknowledge(link, conn, ack, this, this.#clock)
    if (at && link.standby && !this.#queue.full) this.#redundancy.heard(at)
    if (drain !== undefined) this.#drain.begin(link, drain, link === this.primary)
    if (link === this.primary) this.#mover.consider(link, hint)
    if (end && !link.standby && !link.closed) this.#ended(link, end)
  }

  onRetry(milliseconds: number): void {
    this.#race.base = milliseconds
  }

  onDoubt(link: Link): void {
    const { url } = link.endpoint
    if (link.suspect) this.#redundancy.disturbed()
    if (link === this.primary) this.say({ state: link.suspect ? 'suspect' : 'open', endpoint: url })
    this.#update()
  }

  onLost(link: Link, loss: Loss): void {
    judge(link, loss, this, this.once)
    if (this.closed) return
    if (link.answered) this.#lostStream(link, loss)
    else if (link.purpose === 'race') {
      if (!this.primary) this.say({ state: 'lost', endpoint: link.endpoint.url, ...loss })
      this.#race.failed(link)
    }
    this.#update(link.answered ? link : undefined)
  }

  onClose(link: Link): void {
    this.#links.delete(link)
    this.#redundancy.lost(link)
    this.delivery.streams.delete(link.coverage)
    if (this.#move?.link === link) this.#move = undefined
    if (this.closed) return
    // What it was to bring, the others may have left to it.
    for (const other of this.#links.full) if (other.open) this.#obey(other, this.delivery.settle(other.coverage))
    // A standby whose server drains retires by itself, and no loss will ask for the next one.
    if (link.purpose === 'extra') this.#redundancy.update()
  }

  room(): Promise<void> | undefined {
    return this.#queue.full ? this.#queue.room() : undefined
  }

  fallBehind(at: string): void {
    this.#behind = at
    this.#leave(this.primary, 'behind')
  }

  /** Dial when no stream can be relied on, and stop dialling when one can. */
  #update(lost?: Link): void {
    if (this.closed || this.once) return
    const { primary } = this
    const { extra } = this.#redundancy
    if (this.#links.healthy) {
      this.#race.stop()
    } else if (!this.#race.running) {
      const warm = extra?.standby && extra.healthy ? extra.endpoint : undefined
      const delay = primary?.leaving && !lost ? 0 : this.#race.delayAfter(lost ?? primary, warm !== undefined)
      this.#race.start(delay, warm, lost?.endpoint)
    }
    this.#redundancy.update()
  }

  #promote(link: Link): void {
    const old = this.primary
    const { url } = link.endpoint
    const from = this.#from
    this.primary = link
    this.#from = url
    const reason = old?.leaving ?? (old?.suspect ? 'suspect' : 'lost')
    if (from && from !== url) this.say({ state: 'switched', from, endpoint: url, reason })
    this.say({ state: 'open', endpoint: url })
  }

  #leave(link: Link | undefined, reason: MoveReason): void {
    if (!link?.healthy || this.once) return
    link.leaving = reason
    const { healthy } = this.#links
    if (healthy && link === this.primary) {
      this.#promote(healthy)
      this.#links.relieve(healthy)
    }
    this.#update()
  }

  #obey(link: Link, verdict: Verdict): void {
    const { endpoint } = link
    if (verdict === 'deliver') {
      link.useful = true
      const { primary } = this
      if (primary?.leaving === 'behind' && this.#redundancy.covers(this.#behind)) {
        primary.keep()
        this.#update()
      }
    } else if (verdict === 'stale') {
      if (this.endpoints.all.length > 1) endpoint.bar(staleFor)
      this.#redundancy.contradicted()
      link.lose({ reason: 'stale' })
    } else if (verdict === 'reopen' && this.once) {
      link.lose({ reason: 'ended' })
    } else if (verdict === 'reopen') {
      if (link === this.primary) this.primary = undefined
      link.close()
      if (!this.#links.healthy) this.#race.start(0, endpoint)
    }
  }

  #ended(link: Link, end: 'done' | 'failed'): void {
    const { delivery } = this
    if (!delivery.comparable && link !== this.primary) return
    if (!delivery.complete(link.coverage)) link.lose({ reason: 'ended' })
    else if (end === 'failed') this.fail(new ConnectionError('source-failed', { endpoint: link.endpoint.url }))
    else this.#finish('done', false)
  }

  #lostStream(link: Link, loss: Loss): void {
    this.#redundancy.disturbed()
    if (link !== this.primary) return
    this.primary = undefined
    this.say({ state: 'lost', endpoint: link.endpoint.url, ...loss })
    const next = this.#links.healthy ?? this.#links.full[0]
    if (!next) return
    // It was to go when the other one had come.
    next.keep()
    if (next.endpoint.drainsUntil > this.#clock.now()) next.leaving = 'drain'
    this.#promote(next)
  }

  readonly #abort = (): void => {
    if (!this.closed) this.consumer.failure = { error: this.options.signal?.reason }
    this.#finish('aborted', true)
  }

  // Streams opened before are likely to be dead, which only their silence would show.
  #networkChanged(online: boolean): void {
    if (online) this.#race.hurry()
    this.primary?.doubt()
  }

  #finish(reason: ConnectionCloseReason, discard: boolean, error?: ConnectionError): void {
    if (this.closed) return
    this.closed = true
    this.#race.stop()
    this.#redundancy.stop()
    this.#drain.stop()
    for (const link of this.#links) link.close()
    this.#queue.close(discard)
    if (discard) this.#writer?.close()
    this.options.signal?.removeEventListener('abort', this.#abort)
    this.#unwatch()
    this.say({ state: 'closed', reason, error })
  }
}
