import type { Clock } from '../../clock.ts'
import { Attempt, type AttemptListener, type Timeouts } from '../attempt/attempt.ts'
import type { StreamRequest } from '../attempt/request.ts'
import { Rhythm } from '../attempt/rhythm.ts'
import { firstByteTimeout, onceTimeout } from '../constants.ts'
import type { ConnectOptions } from '../types.ts'
import type { EndpointState } from './endpoints.ts'
import { type Purpose, Stream, type StreamOwner } from './stream.ts'

/** What the application says of its requests, and what reads the answers. */
export interface DialOptions extends ConnectOptions, Pick<StreamRequest, 'createParser'> {}

/** Makes streams as the application's options say. */
export class Dialer {
  readonly #owner: StreamOwner
  readonly #clock: Clock
  /** Of streams with events, also where those are polled for, and of standbys. */
  readonly #rhythm = new Rhythm()
  readonly #standbyRhythm = new Rhythm()
  #options: DialOptions
  #isOnce: boolean
  /** Whether a server spoke of itself as only ours do. */
  #knowsServer = false

  constructor(options: DialOptions, owner: StreamOwner, clock: Clock) {
    this.#options = options
    this.#owner = owner
    this.#clock = clock
    this.#isOnce = !/^get$/i.test(options.method ?? 'get') && options.idempotent !== true
  }

  /** Whether the request must not be made again. */
  get isOnce(): boolean {
    return this.#isOnce
  }

  /** A server is one of ours. */
  knowServer(): void {
    this.#knowsServer = true
  }

  dial(endpoint: EndpointState, purpose: Purpose): Stream {
    const { delivery, endpoints } = this.#owner
    const coverage = delivery.cover(endpoints.hasOnlyOlderLog)
    const isPoll = purpose === 'poll' || (purpose === 'race' && endpoint.isMuted)
    const request = isPoll ? this.#poll(endpoint) : this.#request(endpoint, purpose === 'standby')
    const timeouts = this.#timeouts(endpoint, request)
    if (isPoll || purpose === 'unmute') timeouts.firstByteTimeout = firstByteTimeout
    // A server of ours sends its first bytes with the head: one without the other says that the way broke in between.
    else if (this.#knowsServer)
      timeouts.firstByteTimeout = Math.min(timeouts.firstByteTimeout, endpoints.patience(endpoint))
    return new Stream({ endpoint, purpose, request, timeouts, coverage }, this.#owner, this.#clock)
  }

  /** Ask for a standby that nobody is going to keep. */
  probe(endpoint: EndpointState, listener: AttemptListener): Attempt {
    const request = { ...this.#request(endpoint, true), createParser: undefined }
    return new Attempt(request, this.#timeouts(endpoint, request), listener, this.#clock)
  }

  /** Where a GET can go on with what a request that must be made once began; asked for by that from here on. */
  resumeByGet(stream: Stream, response: Response): URL | undefined {
    const { resumeUrl } = this.#options
    if (!this.#isOnce) return undefined
    const url = resumeUrl === undefined ? contentLocationOf(stream, response) : parse(resumeUrl, stream.endpoint.url)
    if (!url) return undefined
    this.#options = { ...this.#options, method: 'GET', body: undefined }
    this.#isOnce = false
    return url
  }

  // A stream goes on from where it was covered, whenever it is asked for.
  #request({ url }: EndpointState, standby: boolean): StreamRequest {
    const { resume } = this.#owner.delivery.positions
    return { ...this.#options, url, standby, resume: () => resume }
  }

  // Each answer goes on where all that was accepted ends by then.
  #poll(endpoint: EndpointState): StreamRequest {
    const { positions } = this.#owner.delivery
    return { ...this.#request(endpoint, false), acknowledge: false, polls: true, resume: () => positions.resume }
  }

  #timeouts(endpoint: EndpointState, { standby }: StreamRequest): Timeouts {
    const { endpoints } = this.#owner
    const { idleTimeout, connectTimeout = this.#isOnce ? onceTimeout : endpoints.patience(endpoint) } = this.#options
    const neverIdle = idleTimeout === 0
    // Where nothing else can be tried, and no server of ours is known to be there, waiting is all there is to do.
    const waitsForByte = this.#isOnce || neverIdle || (endpoints.all.length === 1 && !this.#knowsServer)
    return {
      connectTimeout,
      firstByteTimeout: waitsForByte || connectTimeout === 0 ? 0 : firstByteTimeout,
      idleTimeout: idleTimeout ?? 0,
      neverIdle,
      rhythm: standby ? this.#standbyRhythm : this.#rhythm,
    }
  }
}

// The application's headers are not for whom a server names, be it by a redirect.
function contentLocationOf({ endpoint }: Stream, response: Response): URL | undefined {
  const location = response.headers.get('content-location')
  const url = location === null ? undefined : parse(location, response.url || endpoint.url)
  return url?.origin === new URL(endpoint.url).origin ? url : undefined
}

function parse(url: string | URL, base: string): URL | undefined {
  return URL.canParse(url, base) ? new URL(url, base) : undefined
}
