import { BrokerUnavailableError } from '@holdfast/core/hub'
import type { HubObjects, Subject } from './namespace.ts'
import { type Hello, helloHeader, leaseTime, objectUrl, ping, pingEvery, pong, type SocketOwner } from '../protocol.ts'

/** What comes over a {@link ObjectSocket}. */
export interface ObjectSocketListener {
  onMessage(text: string): void
  /** It was lost and is there again: what was sent meanwhile did not come. */
  onBack(reason: unknown): void
}

// A deploy cuts every subscriber of an object at once, and one object takes about 1,000 requests a second: the first try
// is spread over a second, and each further one over twice as long.
const firstDelay = 1_000
const longestDelay = 30_000

/** A WebSocket from a Worker to an object, kept open: pings renew the lease and find out when the object is gone. */
export class ObjectSocket {
  readonly #objects: HubObjects
  readonly #subject: Subject
  readonly #url: string
  readonly #listener: ObjectSocketListener
  #socket: WebSocket | undefined
  #heardAt = 0
  #pings: ReturnType<typeof setInterval> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #tries = 0
  #closed = false

  constructor(objects: HubObjects, subject: Subject, { kind, identity }: SocketOwner, listener: ObjectSocketListener) {
    this.#objects = objects
    this.#subject = subject
    this.#url = `${objectUrl}/?${new URLSearchParams({ kind, ...(identity !== undefined && { identity }) }).toString()}`
    this.#listener = listener
  }

  /** @throws {BrokerUnavailableError} the object cannot be reached, or has as many subscribers as it can have */
  async open(): Promise<Hello> {
    const hello = await this.#connect()
    // It also keeps the request alive: workerd ends a stream that waits for nothing.
    if (!this.#closed) this.#pings = setInterval(() => this.#ping(), pingEvery)
    return hello
  }

  /** Tell the object. Idempotent. */
  close(): void {
    this.#closed = true
    if (this.#pings !== undefined) clearInterval(this.#pings)
    if (this.#retry !== undefined) clearTimeout(this.#retry)
    this.#drop()
  }

  async #connect(): Promise<Hello> {
    const upgrade = { headers: { upgrade: 'websocket' } }
    const response = await this.#objects.call(this.#subject, (stub) => stub.fetch(this.#url, upgrade))
    const socket = response.webSocket
    if (!socket) throw new BrokerUnavailableError(`Cannot subscribe: the object answered ${response.status}`)
    socket.addEventListener('message', ({ data }) => this.#receive(data))
    socket.addEventListener('close', ({ code }) => this.#lost(socket, `closed with ${code}`))
    socket.addEventListener('error', ({ error }) => this.#lost(socket, error))
    socket.accept()
    this.#socket = socket
    this.#heardAt = Date.now()
    if (this.#closed) this.#drop()
    return JSON.parse(response.headers.get(helloHeader) ?? '{}') as Hello
  }

  #receive(data: unknown): void {
    this.#heardAt = Date.now()
    if (!this.#closed && typeof data === 'string' && data !== pong) this.#listener.onMessage(data)
  }

  #ping(): void {
    const socket = this.#socket
    if (!socket) return
    try {
      if (Date.now() - this.#heardAt > leaseTime) throw new Error('The object is silent')
      socket.send(ping)
    } catch (error) {
      this.#lost(socket, error)
    }
  }

  #lost(socket: WebSocket, reason: unknown): void {
    // One loss is told of by an error, by a close, or by both, and late: the way back may be under way.
    if (this.#closed || this.#socket !== socket) return
    this.#drop()
    this.#retry ??= setTimeout(() => void this.#reconnect(reason), this.#delay())
  }

  #delay(): number {
    return Math.min(longestDelay, firstDelay * 2 ** this.#tries++) * Math.random()
  }

  async #reconnect(reason: unknown): Promise<void> {
    this.#retry = undefined
    try {
      await this.#connect()
    } catch {
      if (!this.#closed) this.#retry = setTimeout(() => void this.#reconnect(reason), this.#delay())
      return
    }
    this.#tries = 0
    if (!this.#closed) this.#listener.onBack(reason)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    try {
      socket?.close(1000)
    } catch {
      // It is closed already.
    }
  }
}
