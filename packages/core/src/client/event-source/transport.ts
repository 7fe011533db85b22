import { isEventStream } from '../../wire/content-type.ts'
import { patientFetch, requestInit } from '../request-init.ts'
import type { EventSourceFetch, EventSourceFetchInit } from './types.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

// Not with a name and a password, which Node, Deno and browsers refuse.
const fetchable = /^(https?:\/\/[^@/]+\/|data:|blob:)/

/** Where an event source has its streams from. */
export interface Transport {
  /** Whether there can be another stream after what went wrong last. */
  readonly reopens: boolean
  /** The stream that is open; of a response without a body, none. */
  readonly reader: Reader | undefined
  /** That of the response; undefined until there is one. */
  readonly status: number | undefined
  /**
   * Open a stream.
   *
   * @returns its origin, serialised, which is that of its events
   * @throws at a network error, and for what is no event stream
   */
  open(lastEventId: string): Promise<string>
  /** Let go of the stream, also of one that is not open yet. */
  close(): void
}

/** A stream that somebody else opened: there is no other after it. */
export class StreamTransport implements Transport {
  reopens = false
  status: number | undefined
  reader: Reader | undefined

  constructor(reader?: Reader) {
    this.reader = reader
  }

  async open(_lastEventId: string): Promise<string> {
    return 'null'
  }

  close(): void {
    this.reader?.cancel().catch(() => {})
  }
}

/** One request for each connection. */
export class FetchTransport extends StreamTransport {
  readonly #url: string
  readonly #credentials: EventSourceFetchInit['credentials']
  readonly #fetch: EventSourceFetch | undefined
  #abort: AbortController | undefined

  constructor(url: string, withCredentials: boolean, fetch: EventSourceFetch | undefined) {
    super()
    this.#url = url
    this.#credentials = withCredentials ? 'include' : 'same-origin'
    this.#fetch = fetch
  }

  override async open(lastEventId: string): Promise<string> {
    this.#abort = new AbortController()
    this.status = undefined
    const init: EventSourceFetchInit = {
      ...requestInit('text/event-stream', lastEventId),
      mode: 'cors',
      credentials: this.#credentials,
      signal: this.#abort.signal,
    }
    // A network error passes, but for a URL that the runtime's fetch never takes.
    this.reopens = !!this.#fetch || fetchable.test(this.#url)
    // The headers first: Bun 1.4 forgets those of data: and blob: URLs once the body was asked for.
    const { headers, body, status, url } = await (this.#fetch ?? patientFetch)(this.#url, init)
    // That of `Response.error()`, which is a network error, too.
    this.reopens = status === 0
    this.status = status
    this.reader = body?.getReader()
    const contentType = headers.get('content-type')
    if (status !== 200 || !isEventStream(contentType)) {
      throw new TypeError(`Cannot read the event stream: ${status} ${contentType}`)
    }
    // The response of a fetch that is not the runtime's own may have no URL.
    const { origin } = new URL(url || this.#url)
    this.reopens = true
    return origin
  }

  // A fetch may not know the signal, or not beyond the head. The body first: where nothing of it was read, Node 26 throws at
  // the abort of data: and blob: URLs, and nobody can catch it.
  override close(): void {
    super.close()
    this.#abort?.abort()
  }
}
