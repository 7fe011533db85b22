import { parsePositionId } from '../wire/position.ts'
import type { Delivery } from './delivery.ts'
import type { EndpointState } from './endpoint.ts'
import type { EndpointList } from './endpoints.ts'
import type { Link } from './link.ts'
import { minUptime } from './race.ts'
import type { LevelRange } from './settings.ts'
import type { Status } from './status.ts'
import { type Clock, Timer } from './timer.ts'

const calm = 120_000
const tooBusy = 0.85
const muchTooBusy = 0.9
// The log moves at an endpoint and not here for this long: the stream that delivers is suspect.
const patience = 1_000

/** What redundancy asks of its connection. */
export interface RedundancyOwner {
  readonly endpoints: EndpointList
  readonly delivery: Delivery
  readonly primary: Link | undefined
  dialExtra(endpoint: EndpointState, standby: boolean): Link
  /** The stream that delivers does not get what another server has. */
  fallBehind(at: string): void
  say(status: Status): void
}

/** Holds one connection more than needed when there is reason to: a standby (level 1) or a second full stream (level 2). */
export class Redundancy {
  /** The additional connection, also while it is being opened. */
  extra: Link | undefined
  readonly #owner: RedundancyOwner
  readonly #clock: Clock
  readonly #range: LevelRange
  readonly #dial: Timer
  readonly #calm: Timer
  readonly #behind: Timer
  #level: number
  #failures = 0
  #at = ''

  constructor(owner: RedundancyOwner, clock: Clock, range: LevelRange) {
    this.#owner = owner
    this.#clock = clock
    this.#range = range
    this.#level = range.min
    this.#dial = new Timer(clock, () => this.#open())
    this.#calm = new Timer(clock, () => this.#set(this.#level - 1))
    this.#behind = new Timer(clock, () => this.#compare())
  }

  /** Something was lost or is suspect. */
  disturbed(): void {
    this.#set(this.#level + 1)
  }

  /** Servers contradict each other about the log: comparing them would bring nothing. */
  contradicted(): void {
    this.#set(0)
  }

  hint(standby: number | undefined, load: number | undefined): void {
    if (standby && this.#level < 1) this.#set(1)
    if (load !== undefined && load > muchTooBusy && this.#level > 1) this.#set(1)
  }

  /** A standby says where its server's log is. */
  heard(at: string): void {
    if (this.#behind.active || this.covers(at)) return
    this.#at = at
    this.#behind.set(patience)
  }

  lost(link: Link): void {
    if (link !== this.extra) return
    this.extra = undefined
    this.#failures = link.uptime >= minUptime ? 0 : this.#failures + 1
    if (link.answered) this.#tell(link, false)
  }

  opened(link: Link): void {
    this.#tell(link, true)
  }

  /** Bring about what the level asks for. */
  update(): void {
    const { primary } = this.#owner
    if (this.extra === primary) this.extra = undefined
    const { extra } = this
    const standby = this.#level === 1
    if (extra && (this.#level === 0 || extra.standby !== standby || extra.endpoint.host === primary?.endpoint.host)) {
      this.drop()
    }
    if (this.extra || !this.#wanted) return this.#dial.clear()
    // Spread: all who lost one server would ask for their extra at the same moment.
    const delay = (1_000 + 5_000 * this.#clock.random()) * 2 ** Math.min(this.#failures, 4)
    if (!this.#dial.active) this.#dial.set(delay)
  }

  /** Close the additional connection. */
  drop(): void {
    const failures = this.#failures
    this.extra?.close()
    // That was our doing.
    this.#failures = failures
  }

  stop(): void {
    this.#dial.clear()
    this.#calm.clear()
    this.#behind.clear()
  }

  get #wanted(): boolean {
    const { primary, endpoints, delivery } = this.#owner
    if (this.#level === 0 || !primary?.healthy || !delivery.comparable) return false
    return endpoints.all.some((endpoint) => this.#isElsewhere(endpoint))
  }

  // A browser has 6 connections to a host, over HTTP/1.1, and one host tends to fail as one.
  #isElsewhere({ host }: EndpointState): boolean {
    return host !== this.#owner.primary?.endpoint.host
  }

  #set(level: number): void {
    const { min, max } = this.#range
    this.#level = Math.max(min, Math.min(level, max))
    if (this.#level > min) this.#calm.set(calm)
    this.update()
  }

  #open(): void {
    const endpoint = this.#owner.endpoints.draw((other) => this.#isElsewhere(other) && other.load < tooBusy)
    if (endpoint && this.#wanted) this.extra = this.#owner.dialExtra(endpoint, this.#level === 1)
    this.update()
  }

  /** Whether everything up to `at` was accepted. */
  covers(at: string): boolean {
    const id = parsePositionId(at)
    return !id || this.#owner.delivery.covers(id.positions)
  }

  #compare(): void {
    if (!this.covers(this.#at)) this.#owner.fallBehind(this.#at)
  }

  #tell({ endpoint, standby }: Link, open: boolean): void {
    this.#owner.say({ state: 'standby', endpoint: endpoint.url, mode: standby ? 'standby' : 'full', open })
  }
}
