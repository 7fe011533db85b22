import { firstJitter } from '../constants.ts'
import type { Announcer } from './announcer.ts'
import type { EndpointState } from './endpoints.ts'
import type { PageListener } from '../page.ts'
import type { Probing } from './probing.ts'
import type { Race } from './race.ts'
import type { Streams } from './streams.ts'

/** Who decides about the connection. */
export interface PresenceHost {
  readonly streams: Streams
  readonly isClosed: boolean
  /** Whether the request must not be made a second time. */
  readonly isOnce: boolean
}

/** What is done when the page or the machine comes and goes. */
export interface PresenceParts {
  race: Race
  probing: Probing
  announcer: Announcer
}

/** Whether a connection may have streams at all: it has begun, is not closed, and its page is not put away. */
export class Presence implements PageListener {
  readonly #host: PresenceHost
  readonly #parts: PresenceParts
  #isStarted = false
  #isHidden = false

  constructor(host: PresenceHost, parts: PresenceParts) {
    this.#host = host
    this.#parts = parts
  }

  get isAwake(): boolean {
    return this.#isStarted && !this.#host.isClosed && !this.#isHidden
  }

  /** Begin. @param warm - the endpoint to begin at, without delay */
  start(warm: EndpointState | undefined): void {
    this.#isStarted = true
    this.#begin(warm)
  }

  // Streams opened before are likely to be dead, which only their silence would show.
  onNetworkChange(isOnline: boolean): void {
    if (!this.isAwake) return
    if (isOnline) this.#parts.race.hurry(firstJitter)
    this.#host.streams.primary?.attempt.doubt()
  }

  // All tabs hear of it at the same moment.
  onWake(): void {
    if (!this.isAwake) return
    this.#parts.race.stopWaiting(firstJitter)
    for (const { attempt } of this.#host.streams) attempt.wake()
  }

  // An open stream keeps a page from being put away whole. A request that is made once cannot be made again.
  onHide(): void {
    if (!this.isAwake || this.#host.isOnce) return
    this.#isHidden = true
    this.#parts.race.stop()
    this.#parts.probing.stop()
    for (const stream of this.#host.streams) stream.close()
    this.#parts.announcer.say({ state: 'waiting', delay: Infinity })
  }

  onShow(): void {
    if (!this.#isHidden) return this.onWake()
    this.#isHidden = false
    this.#begin(undefined)
  }

  #begin(warm: EndpointState | undefined): void {
    if (this.isAwake) this.#parts.race.need({ warm, isYoung: false, wasUseful: false })
  }
}
