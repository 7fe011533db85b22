import { Timer } from '../../clock.ts'
import { formatHint } from '../../wire/hints.ts'
import { clockOf, hold } from '../connect.ts'
import { endpointList } from '../endpoint-list.ts'
import { ConnectionError, type ConnectionErrorCode } from '../errors.ts'
import type { Status } from '../status.ts'
import type { ConnectOptions, Endpoints, EventConnection, TopicEvent } from '../types.ts'
import type { Asked } from './asked.ts'
import { headLike } from '../response-head.ts'
import { RawEvents } from './raw-blocks.ts'
import type { ResumingFetchOptions } from './options.ts'

/** Of a request's headers, those that say what is being sent, or where to begin, are not for the one that goes on. */
const ofTheFirst = ['content-type', 'content-length', 'content-encoding', 'last-event-id']

/** What is read on. */
export interface Resource {
  url: string
  /** The answer that is there already, from its beginning. */
  first: Response
  /** Whether its ids are positions: a server of ours then says when it is over. */
  hasPositions: boolean
  /** The request that was answered. */
  asked: Asked
}

/** The events of one resource as bytes, held by a connection whose first answer is there already. */
export class HeldStream {
  readonly #url: string
  readonly #options: ResumingFetchOptions
  readonly #raw = new RawEvents()
  readonly #connection: EventConnection
  readonly #events: AsyncIterator<TopicEvent>
  readonly #giveUp: Timer
  readonly #hasPositions: boolean
  #first: Response | undefined
  #failure: ConnectionError | undefined
  #lastLoss: unknown
  /** Whether an event was handed out that no id stands for: who comes again would get it again. */
  #hasUnnamed = false

  constructor({ url, first, hasPositions, asked }: Resource, options: ResumingFetchOptions) {
    this.#url = url
    this.#first = first
    this.#hasPositions = hasPositions
    this.#options = options
    this.#giveUp = new Timer(clockOf(options), () => void this.#fail('gave-up'))
    this.#connection = hold(this.#endpoints(), this.#connectOptions(asked), {
      createParser: this.#raw.createParser,
      beginsAtFirst: true,
    })
    this.#connection.onStatus((status) => this.#watch(status))
    this.#events = this.#connection[Symbol.asyncIterator]()
  }

  /** The bytes of the next event; none at the end. */
  async next(): Promise<{ value?: Uint8Array }> {
    const { done, value } = (await this.#events.next()) as IteratorResult<TopicEvent, undefined>
    if (this.#failure) throw this.#failure
    if (done) return {}
    if (value.id === '') this.#hasUnnamed = true
    return { value: this.#raw.of(value) }
  }

  /** Idempotent. */
  close(): void {
    this.#giveUp.clear()
    this.#connection.close()
    // Nobody has asked for it yet.
    this.#first?.body?.cancel().catch(() => {})
  }

  // The one that answered comes first, whatever the application says of it.
  #endpoints(): Endpoints {
    const others = endpointList(this.#options.endpoints?.(this.#url) ?? [])
    return [this.#url, ...others.filter(({ url }) => url.href !== this.#url)]
  }

  #connectOptions({ method, headers, credentials, signal }: Asked): ConnectOptions {
    const { endpoints: _, giveUpAfter: __, onGap, redundancy = 'none', ...options } = this.#options
    const lastEventId = headers.get('last-event-id') ?? undefined
    for (const name of ofTheFirst) headers.delete(name)
    return {
      ...options,
      redundancy,
      headers,
      credentials,
      signal,
      // All that came of another request belongs to who made it, also what was lost before its first id.
      lastEventId: lastEventId ?? (method === 'GET' ? undefined : 'earliest'),
      fetch: ((url: string, init: RequestInit) => this.#ask(url, init)) as typeof fetch,
      onGap: onGap ?? ((gap) => void this.#fail('gap', gap)),
    }
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    const first = this.#first
    this.#first = undefined
    if (!first && this.#hasUnnamed) throw this.#fail('not-resumable')
    return this.#withEnd(first ?? (await (this.#options.fetch ?? fetch)(url, init)))
  }

  // Our servers say when a stream is over. Of others, the end of the body is all there is.
  #withEnd(response: Response): Response {
    const { status, body } = response
    if (status !== 200 || !body) return response
    const marked = body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        flush: (controller) => {
          if (!this.#hasPositions) controller.enqueue(new TextEncoder().encode(`\n\n${formatHint({ end: 'done' })}`))
        },
      }),
    )
    return headLike(response, marked)
  }

  // The time counts from the loss, however many attempts there are.
  #watch(status: Status): void {
    const { giveUpAfter = 60_000 } = this.#options
    if (status.state === 'lost') this.#lastLoss = status.error ?? status.reason
    if (status.state === 'open' || status.state === 'closed') this.#giveUp.clear()
    else if (status.state === 'lost' && giveUpAfter > 0 && !this.#giveUp.isSet) this.#giveUp.set(giveUpAfter)
  }

  #fail(code: ConnectionErrorCode, cause: unknown = this.#lastLoss): ConnectionError {
    this.#failure ??= new ConnectionError(code, { endpoint: this.#url, cause })
    this.close()
    return this.#failure
  }
}
