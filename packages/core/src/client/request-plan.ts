import type { EndpointState } from './endpoint.ts'
import { EndpointList } from './endpoints.ts'
import type { LinkRequest, Purpose } from './link.ts'
import { earliest } from './request.ts'
import type { Clock } from './timer.ts'
import type { ConnectOptions, Endpoints } from './types.ts'

const connectTimeout = 10_000

/** What to ask for, and where: what the application said, until a GET goes on with what another method began. */
export class RequestPlan {
  endpoints: EndpointList
  /** The request must not be made again. */
  once: boolean
  /** Whether a server spoke of itself as only ours do. */
  hinted = false
  readonly #options: ConnectOptions
  readonly #clock: Clock
  #method: string
  #body: BodyInit | null | undefined
  /** Everything of the resource belongs to the application, as long as nothing says how much of it it has. */
  #fromStart = false

  constructor(endpoints: Endpoints, options: ConnectOptions, clock: Clock) {
    this.endpoints = new EndpointList(endpoints, clock)
    this.#options = options
    this.#clock = clock
    this.#method = options.method?.toUpperCase() ?? 'GET'
    this.#body = options.body
    this.once = this.#method !== 'GET' && !options.idempotent
  }

  to(endpoint: EndpointState, purpose: Purpose, standby: boolean, lastEventId: string): LinkRequest {
    const { once } = this
    const { idleTimeout } = this.#options
    return {
      endpoint,
      purpose,
      standby,
      method: this.#method,
      body: this.#body,
      lastEventId: lastEventId || (this.#fromStart ? earliest : ''),
      connectTimeout: this.#options.connectTimeout ?? (once ? 6 * connectTimeout : connectTimeout),
      // Where nothing else can be tried, and no server of ours is known to be there, waiting is all there is to do.
      patient: once || idleTimeout === 0 || (this.endpoints.all.length === 1 && !this.hinted),
    }
  }

  /** If the request was one to be made once, look where a GET can go on with it. */
  resumeByGet({ url: asked }: EndpointState, { url, headers }: Response): void {
    const base = url || asked
    const location = headers.get('content-location')
    const target = this.#options.resumeUrl ?? location
    if (!this.once || target === null || !URL.canParse(target, base)) return
    const resumeUrl = new URL(target, base)
    // The application's headers are not for whom a server names.
    if (target === location && resumeUrl.origin !== new URL(base).origin) return
    this.endpoints = new EndpointList(resumeUrl, this.#clock)
    this.#method = 'GET'
    this.#body = undefined
    this.once = false
    this.#fromStart = true
  }
}
