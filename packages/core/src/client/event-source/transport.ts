import { isEventStream } from '../../wire/content-type.ts'
import { patientFetch, requestInit } from '../request-init.ts'
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

  async open(_lastEventId: string): Promise<string | undefined> {
    return 'null'
  }

  close(): void {
    this.reader?.cancel().catch(() => {})
  }
}

/** One request for each connection. */
export class FetchTransport extends StreamTransport {
  override readonly reopens = true
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

  override async open(lastEventId: string): Promise<string | undefined> {
    this.#abort = new AbortController()
    const init: EventSourceFetchInit = {
      ...requestInit('text/event-stream', lastEventId),
      mode: 'cors',
      credentials: this.#credentials,
      signal: this.#abort.signal,
    }
    // What the runtimes cannot fetch at all: asking again is futile.
    if (!this.#fetch && !/^(https?|data|blob):/.test(this.#url)) return undefined
    const request = this.#fetch ?? patientFetch
    // The headers first: Bun 1.4 forgets those of data: and blob: URLs once the body was asked for.
    const { headers, body, status, type, url } = await request(this.#url, init)
    // What is thrown is seen by nobody.
    if (type === 'error') throw new TypeError(type)
    this.reader = body?.getReader()
    if (status !== 200 || !isEventStream(headers.get('content-type'))) return undefined
    // The response of a fetch that is not the runtime's own may have no URL.
    return new URL(url || this.#url).origin
  }

  // A fetch may not know the signal, or not beyond the head. The body first: where nothing of it was read, Node 26 throws at
  // the abort of data: and blob: URLs, and nobody can catch it.
  override close(): void {
    super.close()
    this.#abort?.abort()
  }
}
