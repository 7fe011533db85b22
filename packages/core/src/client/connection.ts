import { callSafely } from '../report.ts'
import type { ReceivedEvent } from '../wire/event.ts'
import type { Hint } from '../wire/hints.ts'
import { parsePositionId } from '../wire/position.ts'
import { topicKey } from '../wire/topic-key.ts'
import { acknowledge } from './acknowledge.ts'
import { codeOf, type Loss } from './answer.ts'
import { Consumer, type ConsumerOwner } from './consumer.ts'
import { Delivery, type Verdict } from './delivery.ts'
import type { EndpointState } from './endpoint.ts'
import { EndpointList } from './endpoints.ts'
import { ConnectionError } from './errors.ts'
import { Link, type LinkOwner, type Purpose } from './link.ts'
import { Mover, type MoverOwner, overlap } from './mover.ts'
import { PositionWriter } from './position-writer.ts'
import { EntryQueue } from './queue.ts'
import { minUptime, Race, type RaceOwner } from './race.ts'
import { Redundancy, type RedundancyOwner } from './redundancy.ts'
import { earliest } from './request.ts'
import { levelsOf } from './settings.ts'
import type { ConnectionCloseReason, MoveReason, Status } from './status.ts'
import { type Clock, Timer } from './timer.ts'
import type { ConnectOptions, Endpoints } from './types.ts'

// For servers that contradict each other about the log.
const staleFor = 30_000
const defaultConnectTimeout = 10_000

interface Browser {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
  location?: unknown
}

// Other runtimes may have the method, but not these events.
const browser: Browser = globalThis

/** Holds the links: one that delivers, those that are to replace it, and one beside it. */
export class Connection implements LinkOwner, RaceOwner, MoverOwner, RedundancyOwner, ConsumerOwner {
  readonly options: ConnectOptions
  readonly delivery: Delivery
  readonly consumer: Consumer
  endpoints: EndpointList
  /** The link whose events count where they cannot be compared. */
  primary: Link | undefined
  status: Status
  closed = false
  readonly #clock: Clock
  readonly #queue = new EntryQueue()
  readonly #links = new Set<Link>()
  readonly #race: Race
  readonly #mover: Mover
  readonly #redundancy: Redundancy
  readonly #writer: PositionWriter | undefined
  readonly #drain: Timer
  readonly #listeners = new Set<(status: Status) => void>()
  readonly #acknowledging = new WeakSet<Link>()
  /** The request must not be made again. */
  #once: boolean
  #method: string
  #body: BodyInit | null | undefined
  /** Everything of the resource belongs to the application, as long as nothing says from where it has it. */
  #fromStart = false
  /** Whether a server spoke of itself as only ours do. */
  #hinted = false
  #move: { link: Link; reason: MoveReason } | undefined
  #behind = ''
  #from = ''
  #draining: Link | undefined

  constructor(endpoints: Endpoints, options: ConnectOptions, clock: Clock) {
    this.options = options
    this.#clock = clock
    this.endpoints = new EndpointList(endpoints, clock)
    this.#method = options.method?.toUpperCase() ?? 'GET'
    this.#body = options.body
    this.#once = this.#method !== 'GET' && !options.idempotent
    this.status = { state: 'connecting', endpoint: (this.endpoints.all[0] as EndpointState).url }
    this.delivery = new Delivery((gap) => this.#queue.push({ gap, id: gap.to }))
    this.delivery.sole = this.endpoints.all.length === 1
    this.#writer = options.store && new PositionWriter(options.store, clock)
    this.consumer = new Consumer(this.#queue, this, this.#writer)
    this.#race = new Race(this, clock, options.retry ?? 1_000)
    this.#mover = new Mover(this, clock)
    this.#redundancy = new Redundancy(this, clock, this.#once ? { min: 0, max: 0 } : levelsOf(options.redundancy))
    this.#drain = new Timer(clock, () => this.#leave(this.#draining, 'drain'))
  }

  /** Begin, once it is known where. */
  async start(): Promise<void> {
    const { signal, store } = this.options
    signal?.addEventListener('abort', this.#abort)
    browser.addEventListener?.('online', this.#online)
    browser.addEventListener?.('offline', this.#offline)
    if (signal?.aborted) return this.#abort()
    let id = this.options.lastEventId
    try {
      id ??= (store && (await store.get())) ?? ''
    } catch (cause) {
      return this.fail(new ConnectionError('store-failed', { cause }))
    }
    if (this.closed) return
    this.delivery.begin(id)
    this.consumer.lastEventId = id
    this.#race.start(0)
  }

  onStatus(listener: (status: Status) => void): () => void {
    const own = (status: Status): void => listener(status)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  say(status: Status): void {
    if (status.state !== 'standby') this.status = status
    for (const listener of this.#listeners) callSafely(listener, status)
  }

  reconnect(): void {
    if (this.closed) return
    this.#race.hurry()
    this.#leave(this.primary, 'requested')
  }

  close(): void {
    this.#finish('closed', true)
  }

  /** End with an error that the iteration throws. */
  fail(error: ConnectionError): void {
    if (this.closed) return
    this.consumer.failure = { error }
    this.#finish('failed', error.code === 'invalid-event', error)
  }

  // --- Dialling

  dialForRace(endpoint: EndpointState): Link {
    if (!this.primary) this.say({ state: 'connecting', endpoint: endpoint.url })
    return this.#dial(endpoint, 'race', false)
  }

  dialExtra(endpoint: EndpointState, standby: boolean): Link {
    return this.#dial(endpoint, 'extra', standby)
  }

  move(to: EndpointState, reason: MoveReason): void {
    if (this.#move || this.#race.running) return
    this.#move = { link: this.#dial(to, 'move', false), reason }
  }

  #dial(endpoint: EndpointState, purpose: Purpose, standby: boolean): Link {
    const { options, delivery } = this
    const request = {
      endpoint,
      purpose,
      standby,
      method: this.#method,
      body: this.#body,
      lastEventId: delivery.lastEventId || (this.#fromStart ? earliest : ''),
      connectTimeout: options.connectTimeout ?? (this.#once ? 6 * defaultConnectTimeout : defaultConnectTimeout),
      // Where nothing else can be tried, and no server of ours is known to be there, waiting is all there is to do.
      patient: this.#once || options.idleTimeout === 0 || (this.endpoints.all.length === 1 && !this.#hinted),
    }
    const link = new Link(request, this, this.#clock)
    this.#links.add(link)
    return link
  }

  failing(): EndpointState[] {
    return this.#full().filter(({ healthy }) => !healthy).map(({ endpoint }) => endpoint)
  }

  // --- What links tell

  onOpen(link: Link, response: Response): void {
    if (this.#once) this.#resumeByGet(link, response)
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
    for (const other of this.#full()) {
      // Of a suspect nothing more is expected. What cannot be compared must come from one stream.
      if (other === link || (!other.suspect && this.delivery.comparable)) continue
      if (other.suspect) other.endpoint.failed()
      other.close()
    }
    this.#update()
  }

  onLive(link: Link): void {
    if (link.standby) return
    for (const other of this.#full()) {
      if (other === link || !other.leaving) continue
      if (other.leaving === 'behind') other.endpoint.failed()
      other.retire(isVoluntary(other.leaving) ? overlap : 0)
    }
  }

  onEvent(link: Link, event: ReceivedEvent, ownId: boolean): void {
    if (link.standby) return
    const { delivery } = this
    const { coverage } = link
    const told = ownId && event.event === 'gap' ? delivery.gap(coverage, event.id, event.data) : undefined
    if (told) return this.#obey(link, told)
    const unique = ownId && parsePositionId(event.id)
    if (!unique && link !== this.primary) return
    const verdict = ownId ? delivery.event(coverage, event.id) : 'deliver'
    if (verdict === 'deliver') this.#deliver(event, unique ? unique.advanced : undefined)
    this.#obey(link, verdict)
  }

  onCheckpoint(link: Link, id: string): void {
    const unique = parsePositionId(id)
    if (!unique && link !== this.primary) return
    const before = this.delivery.lastEventId
    this.#obey(link, this.delivery.checkpoint(link.coverage, id))
    const after = this.delivery.lastEventId
    if (after === before) return
    this.#queue.push({ id: after })
    this.#redundancy.update()
  }

  onHint(link: Link, hint: Hint): void {
    const { conn, ack, topics, end, drain, at } = hint
    this.#hinted = true
    this.#redundancy.hint(hint.standby, hint.load)
    for (const topic of topics ?? []) this.delivery.names.set(topicKey(topic), topic)
    if (conn && ack && this.options.acknowledge && !this.#acknowledging.has(link)) this.#acknowledge(link, conn, ack)
    if (at && link.standby && !this.#queue.full) this.#redundancy.heard(at)
    if (drain !== undefined) this.#drained(link, drain)
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
    if (this.#once) return this.#failOnce(link, loss)
    if (link.uptime >= minUptime) link.endpoint.held()
    if (this.#judge(link, loss)) return
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
    for (const other of this.#full()) this.#obey(other, this.delivery.settle(other.coverage))
  }

  room(): Promise<void> | undefined {
    return this.#queue.full ? this.#queue.room() : undefined
  }

  fallBehind(at: string): void {
    this.#behind = at
    this.#leave(this.primary, 'behind')
  }

  // --- Decisions

  /** Dial when no stream can be relied on, and stop dialling when one can. */
  #update(lost?: Link): void {
    if (this.closed || this.#once) return
    const { primary } = this
    const { extra } = this.#redundancy
    if (this.#full().some(({ healthy }) => healthy)) {
      this.#race.stop()
    } else if (!this.#race.running) {
      const warm = extra?.standby && extra.healthy ? extra.endpoint : undefined
      const delay = primary?.leaving && !lost ? 0 : this.#race.delayAfter(lost ?? primary, warm !== undefined)
      this.#race.start(delay, warm)
    }
    this.#redundancy.update()
  }

  #full(): Link[] {
    return [...this.#links].filter(({ open, standby }) => open && !standby)
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
    if (!link?.healthy || this.#once) return
    link.leaving = reason
    this.#update()
  }

  #drained(link: Link, within: number): void {
    link.endpoint.drainsUntil = this.#clock.now() + within
    const delay = this.#clock.random() * 0.8 * within
    if (link !== this.primary) return link.retire(delay)
    this.#draining = link
    this.#drain.set(delay)
  }

  #deliver(event: ReceivedEvent, advanced: string | undefined): void {
    const id = this.delivery.idAfter(advanced)
    const topic = advanced && this.delivery.names.get(advanced)
    // Where streams overlap, an event's own id says where its stream is: this says what the application has.
    if (advanced) event.id = id
    this.#queue.push({ id, event: topic === undefined ? event : Object.assign(event, { topic }) })
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
      if (!this.delivery.sole) endpoint.bar(staleFor)
      this.#redundancy.contradicted()
      link.lose({ reason: 'stale' })
    } else if (verdict === 'reopen') {
      if (link === this.primary) this.primary = undefined
      link.close()
      if (!this.#full().some(({ healthy }) => healthy)) this.#race.start(0, endpoint)
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
    const others = this.#full()
    const next = others.find(({ healthy }) => healthy) ?? others[0]
    if (!next) return
    // The target of a move is gone: what was left for it is as good as before.
    if (isVoluntary(next.leaving)) next.keep()
    this.#promote(next)
  }

  /** Draw the consequences for the endpoint. @returns true when they end the connection */
  #judge({ endpoint, purpose, uptime }: Link, { reason, status, retryAfter }: Loss): boolean {
    // An attempt that nobody depends on speaks for its endpoint only.
    const speaks = purpose === 'race'
    if (reason === 'no-content' && speaks) {
      this.#finish('no-content', false)
    } else if ((reason === 'unauthorized' || reason === 'forbidden') && speaks) {
      this.fail(new ConnectionError(reason, { endpoint: endpoint.url, status }))
    } else if (speaks && (reason === 'bad-request' || reason === 'no-event-stream' || reason === 'gone')) {
      if (reason === 'gone') this.endpoints.remove(endpoint)
      else endpoint.refuse(reason)
      if (this.endpoints.all.every(({ refusal }) => refusal)) this.fail(new ConnectionError(codeOf(reason), { endpoint: endpoint.url, status }))
    } else if (reason !== 'ended' || uptime < minUptime) {
      endpoint.failed()
      if (retryAfter !== undefined) endpoint.bar(retryAfter)
      if (status === 429) this.#race.throttled(endpoint)
    }
    return this.closed
  }

  // --- Requests that are made once

  #failOnce({ endpoint, answered }: Link, { reason, status, error }: Loss): void {
    const about = { endpoint: endpoint.url, status, cause: error }
    if (reason === 'no-content') this.#finish('no-content', false)
    else if (answered || status === undefined || reason === 'refused') this.fail(new ConnectionError('not-resumable', about))
    else this.fail(new ConnectionError(codeOf(reason), about))
  }

  /** From here on, a GET goes on with what the request began. */
  #resumeByGet({ endpoint }: Link, { url, headers }: Response): void {
    const base = url || endpoint.url
    const location = headers.get('content-location')
    const target = this.options.resumeUrl ?? location
    if (target === null || !URL.canParse(target, base)) return
    const resumeUrl = new URL(target, base)
    // The application's headers are not for whom a server names.
    if (target === location && resumeUrl.origin !== new URL(base).origin) return
    this.endpoints = new EndpointList(resumeUrl, this.#clock)
    this.#method = 'GET'
    this.#body = undefined
    this.#once = false
    this.#fromStart = this.delivery.sole = true
  }

  #acknowledge(link: Link, conn: string, interval: number): void {
    this.#acknowledging.add(link)
    const send = (url: string, init: RequestInit): Promise<Response> => {
      return (this.options.fetch ?? fetch)(url, { ...init, body: this.consumer.lastEventId })
    }
    acknowledge(link, conn, interval, this.#clock, send)
  }

  // --- The end

  readonly #abort = (): void => {
    if (!this.closed) this.consumer.failure = { error: this.options.signal?.reason }
    this.#finish('aborted', true)
  }

  readonly #online = (): void => {
    this.#race.hurry()
    this.primary?.doubt()
  }

  readonly #offline = (): void => this.primary?.doubt()

  #finish(reason: ConnectionCloseReason, discard: boolean, error?: ConnectionError): void {
    if (this.closed) return
    this.closed = true
    this.#race.stop()
    this.#redundancy.stop()
    this.#drain.clear()
    for (const link of this.#links) link.close()
    this.#queue.close(discard)
    if (discard) this.#writer?.close()
    this.options.signal?.removeEventListener('abort', this.#abort)
    browser.removeEventListener?.('online', this.#online)
    browser.removeEventListener?.('offline', this.#offline)
    this.say({ state: 'closed', reason, error })
  }
}

function isVoluntary(reason: MoveReason | undefined): boolean {
  return reason === 'shed' || reason === 'preferred' || reason === 'slow'
}
