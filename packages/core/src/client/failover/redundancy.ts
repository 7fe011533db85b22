import { type Clock, Timer } from '../../clock.ts'
import { parsePositionId } from '../../wire/position.ts'
import { calm, muchTooBusy, patience, tooBusy } from '../constants.ts'
import type { Positions } from '../delivery/positions.ts'
import { levels } from '../connect-rules.ts'
import type { ConnectOptions, RedundancyLevel } from '../types.ts'
import type { EndpointPool, EndpointState } from './endpoints.ts'
import type { Purpose, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What redundancy needs of who holds the connections. */
export interface RedundancyHost {
  readonly streams: Streams
  readonly endpoints: EndpointPool
  readonly positions: Positions
  /** Whether the request must not be made a second time. */
  readonly isOnce: boolean
  dial(endpoint: EndpointState, purpose: Purpose): void
  /** Another server's log went on, and for a second nothing of that came here. */
  onBehind(): void
}

/** Holds one connection more than needed when there is reason to: a standby (level 1) or a second full stream (level 2). */
export class Redundancy {
  readonly #host: RedundancyHost
  readonly #clock: Clock
  readonly #least: number
  readonly #most: number
  readonly #opening: Timer
  readonly #behind: Timer
  #level: number
  #setAt = 0
  /** Where a standby's server was last. */
  #newest = ''
  #isOver = false

  constructor(option: ConnectOptions['redundancy'], host: RedundancyHost, clock: Clock) {
    const [least, most] = rangeOf(option)
    this.#least = this.#level = least
    this.#most = most
    this.#host = host
    this.#clock = clock
    this.#opening = new Timer(clock, () => this.#open())
    this.#behind = new Timer(clock, () => void (this.isCovered || host.onBehind()))
  }

  /** Whether what a standby's server had was accepted. */
  get isCovered(): boolean {
    return this.#covers(this.#newest)
  }

  /** Something was lost or is suspect. */
  raise(): void {
    this.#set(this.#level + 1)
  }

  /** Servers contradict each other about the log: comparing them would bring nothing. */
  lower(): void {
    this.#set(0)
  }

  /** A server's word: it may ask for a standby, or have too much to do. */
  onHint(standby: number | undefined, load: number): void {
    const least = standby ? 1 : this.#least
    if (this.#level > least && this.#clock.now() - this.#setAt > calm) this.#set(this.#level - 1)
    if ((standby && this.#level < 1) || (load > muchTooBusy && this.#level > 1)) this.#set(1)
  }

  /** A standby says where its server's log is. */
  onStandbyAt(id: string): void {
    if (this.#behind.isSet || this.#covers(id)) return
    this.#newest = id
    this.#behind.set(patience)
  }

  /** Bring about what the level asks for. */
  update(): void {
    if (this.#isOver) return
    const { streams } = this.#host
    const { extra } = streams
    if (extra && (extra.purpose !== this.#word || !this.#isElsewhere(extra.endpoint))) extra.close()
    else if (extra?.isSuspect && streams.primary?.isHealthy) this.#giveUp(extra)
    if (streams.extra || !this.#isWanted()) this.#opening.clear()
    // Spread: all who lost one server would ask for their extra at the same moment.
    else if (!this.#opening.isSet) this.#opening.set(1_000 + 5_000 * this.#clock.random())
  }

  /** Open at once what was to be opened soon. @returns false if there is nothing */
  openNow(): boolean {
    if (!this.#opening.isSet) return false
    this.#opening.clear()
    this.#open()
    return this.#host.streams.extra !== undefined
  }

  stop(): void {
    this.#isOver = true
    this.#opening.clear()
    this.#behind.clear()
  }

  #set(wanted: number): void {
    this.#level = Math.max(this.#least, Math.min(wanted, this.#most))
    this.#setAt = this.#clock.now()
    this.update()
  }

  get #word(): RedundancyLevel {
    return levels[this.#level] ?? 'none'
  }

  // It is there for when the other one fails, so it must not be doubtful itself.
  #giveUp(extra: Stream): void {
    this.#host.endpoints.failed(extra.endpoint)
    extra.close()
  }

  #open(): void {
    const { endpoints } = this.#host
    const now = this.#clock.now()
    const endpoint = endpoints.pick(
      (each) => this.#isElsewhere(each) && !each.isMuted && each.load < tooBusy && each.avoidUntil <= now,
    )
    if (endpoint && this.#word !== 'none') this.#host.dial(endpoint, this.#word)
    this.update()
  }

  #isWanted(): boolean {
    const { isOnce, streams, positions, endpoints } = this.#host
    if (this.#word === 'none' || isOnce || !positions.areComparable) return false
    return streams.primary?.isHealthy === true && endpoints.all.some((each) => this.#isElsewhere(each))
  }

  // A browser has 6 connections to a host, over HTTP/1.1, and one host tends to fail as one.
  #isElsewhere({ host }: EndpointState): boolean {
    return host !== this.#host.streams.primary?.endpoint.host
  }

  #covers(id: string): boolean {
    return this.#host.positions.covers(parsePositionId(id)?.positions ?? [])
  }
}

function rangeOf(option: ConnectOptions['redundancy'] = 'auto'): readonly [number, number] {
  if (option === 'auto') return [0, 1]
  const { min, max } = typeof option === 'string' ? { min: option, max: option } : option
  return [levels.indexOf(min), levels.indexOf(max)]
}
