import { type Socket, connect } from 'node:net'
import { type BodyDecoder, bodyDecoder } from './body-decoder.ts'
import { EventReader, type RawEvent } from './event-reader.ts'
import { type ResponseHead, parseHead } from './head.ts'
import { type RawRequest, requestText } from './request.ts'

export type { RawEvent } from './event-reader.ts'
export type { ResponseHead } from './head.ts'
export type { RawRequest } from './request.ts'

/**
 * An HTTP/1.1 client down to the socket: it can stop reading, leave with a FIN or a RST, and see how it was left.
 * Real clients hide all four.
 */
export class RawClient {
  /** Set once the head has arrived. */
  head: ResponseHead | undefined
  /** Body bytes after the framing was taken off. */
  bodyBytes = 0
  /** The body's first 64 KiB as text. */
  text = ''
  readonly events: RawEvent[] = []
  /** `open`, `fin` once the server ended its side, or the code of the socket's error. */
  fate = 'open'
  readonly #socket: Socket
  readonly #request: RawRequest
  readonly #reader: EventReader
  readonly #watchers = new Set<() => void>()
  /** How many events came. */
  #events = 0
  #decoder: BodyDecoder | undefined
  #headBytes = Buffer.alloc(0)
  #failure: unknown

  constructor(url: URL, request: RawRequest) {
    this.#request = request
    const onEvent = request.onEvent ?? ((event) => void this.events.push(event))
    this.#reader = new EventReader((event) => {
      this.#events++
      onEvent(event)
    })
    // allowHalfOpen: the server's FIN must not be answered by a FIN of ours that the test did not ask for.
    this.#socket = connect({
      host: (request.host ?? url.hostname).replace(/^\[|\]$/g, ''),
      port: Number(url.port),
      allowHalfOpen: true,
      noDelay: true,
    })
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#socket.on('end', () => (this.fate = 'fin'))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.fate = error.code ?? error.message))
    for (const event of ['connect', 'data', 'end', 'error', 'close']) this.#socket.on(event, () => this.#wake())
    this.#socket.write(requestText(url, request))
  }

  /** The port on this side, to find the connection in the kernel's tables. */
  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  get comments(): readonly string[] {
    return this.#reader.comments
  }

  /** True once the framing says that the body is complete, as opposed to a connection that was cut. */
  get bodyDone(): boolean {
    return this.#decoder?.done ?? false
  }

  /** Wait for something; looked at again after everything that happens to the socket. */
  async until(what: string, check: () => boolean, within: number = this.#request.within ?? 10_000): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      if (this.#failure !== undefined) reject(this.#failure)
      else if (check()) resolve()
    }
    const fail = (): void => reject(new Error(`Waited ${within} ms in vain for ${what}: ${this.#describe()}`))
    const timer = setTimeout(fail, within)
    const abort = (): void => reject(this.#request.signal?.reason)
    this.#request.signal?.addEventListener('abort', abort)
    this.#watchers.add(look)
    if (this.#request.signal?.aborted) abort()
    look()
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#watchers.delete(look)
      this.#request.signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * Wait for what takes many events. How long they take depends on the machine: in vain is who hears of no other one for as
   * long as an `until` may take.
   */
  async untilAll(what: string, check: () => boolean): Promise<void> {
    while (!check()) {
      const before = this.#events
      await this.until(what, () => check() || this.#events > before)
    }
  }

  /** Wait until the server ended or cut the connection. */
  async untilGone(within?: number): Promise<string> {
    await this.until('the server to let go', () => this.fate !== 'open', within)
    return this.fate
  }

  /** Stop reading: the kernel's buffers fill, then the server's writes stall. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** End our side with a FIN and keep reading, unless paused: a half-close. */
  fin(): void {
    this.#socket.end()
  }

  /** Send something more. */
  send(text: string): void {
    this.#socket.write(text)
  }

  /** Cut the connection with a RST. */
  rst(): void {
    this.#socket.resetAndDestroy()
  }

  /** Close as a process that exits does: with a FIN, or with a RST where bytes were left unread. */
  destroy(): void {
    this.#socket.destroy()
  }

  #receive(bytes: Buffer): void {
    try {
      if (this.#decoder) this.#takeBody(bytes)
      else this.#takeHead(bytes)
    } catch (error) {
      this.#failure = error
    }
  }

  #takeHead(bytes: Buffer): void {
    this.#headBytes = Buffer.concat([this.#headBytes, bytes])
    const end = this.#headBytes.indexOf('\r\n\r\n')
    if (end < 0) return
    this.head = parseHead(this.#headBytes.toString('latin1', 0, end))
    this.#decoder = bodyDecoder(this.#request.method ?? 'GET', this.head)
    this.#takeBody(this.#headBytes.subarray(end + 4))
  }

  #takeBody(bytes: Buffer): void {
    for (const part of this.#decoder?.push(bytes) ?? []) {
      this.bodyBytes += part.length
      if (this.text.length < 65_536) this.text += part.toString('latin1')
      this.#reader.push(part)
    }
  }

  #wake(): void {
    for (const look of this.#watchers) look()
  }

  #describe(): string {
    const { fate, bodyBytes } = this
    return JSON.stringify({
      fate,
      status: this.head?.status,
      bodyBytes,
      bodyDone: this.bodyDone,
      tail: this.text.slice(-200),
    })
  }
}

/** Send a request and wait for the response's head. */
export async function openRaw(url: string | URL, request: RawRequest = {}): Promise<RawClient> {
  const client = new RawClient(new URL(url), request)
  try {
    await client.until('the response head', () => client.head !== undefined || client.fate !== 'open')
    if (!client.head) throw new Error(`No response head from ${String(url)}: ${client.fate}`)
    return client
  } catch (error) {
    client.destroy()
    throw error
  }
}
