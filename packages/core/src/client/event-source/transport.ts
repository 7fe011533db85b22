import { isEventStream } from './content-type.ts'
import { requestInit } from './runtime.ts'
import type { EventSourceFetch, EventSourceFetchInit } from './types.ts'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Where an event source has its streams from. */
export interface Transport {
  /** Whether there can be another stream after one that is lost. */
  readonly reopens: boolean
  /** The stream that is open; of a response without a body, none. */
  readonly reader: Reader | undefined
  /**
   * Open a stream.
   *
   * @returns its origin, serialised, which is that of its events; undefined where the connection fails for good
   * @throws at a network error
   */
  open(lastEventId: string): Promise<string | undefined>
  /** Let go of the stream, also of one that is not open yet. */
  close(): void
}

/** A stream that somebody else opened: there is no other after it. */
export class StreamTransport implements Transport {
  readonly reopens: boolean = false
  reader: Reader | undefined

  constructor(reader?: Reader) {
    this.reader = reader
  }

  open(_lastEventId: string): Promise<string | undefined> {
    return Promise.resolve('null')
  }

  close(): void {
    this.reader?.cancel().catch(() => {})
  }
}

/** One request for each connection. */
export class FetchTransport extends StreamTransport {
  override readonly reopens = true
  readonly #url: URL
  readonly #mode: Pick<EventSourceFetchInit, 'mode' | 'credentials'>
  readonly #fetch: EventSourceFetch | undefined
  #abort = new AbortController()

  constructor(url: URL, withCredentials: boolean, fetch: EventSourceFetch | undefined) {
    super()
    this.#url = url
    this.#mode = { mode: 'cors', credentials: withCredentials ? 'include' : 'same-origin' }
    this.#fetch = fetch
  }

  override async open(lastEventId: string): Promise<string | undefined> {
    this.#abort = new AbortController()
    const init = { ...requestInit(lastEventId), ...this.#mode, signal: this.#abort.signal }
    const request = this.#fetch ?? fetch
    const { body, headers, status, type, url } = await request(this.#url.href, init)
    if (type === 'error') throw new TypeError('Network error')
    this.reader = body?.getReader()
    if (status !== 200 || !isEventStream(headers.get('content-type'))) return undefined
    // The response of a fetch that is not the runtime's own may have no URL.
    return new URL(url || this.#url).origin
  }

  // A fetch may not know the signal, or not beyond the head.
  override close(): void {
    this.#abort.abort()
    super.close()
  }
}
