import { connect, type Socket } from 'node:net'
import { BrokerUnavailableError } from '@holdfast/core/hub'

/** What Redis answers. Bulk strings come as UTF-8 text. */
export type Reply = string | number | null | Reply[]

interface Waiting {
  resolve(reply: Reply): void
  reject(error: unknown): void
}

const unfinished = Symbol('unfinished')

/** One connection that speaks RESP 2, and comes back by itself. For tests: a real adapter takes a client library. */
export class RespConnection {
  /** Called with each message of a subscription. */
  onMessage: (channel: string, text: string) => void = () => {}
  /** Called when it has connected again. */
  onReconnect: () => void = () => {}
  readonly #port: number
  #socket: Socket | undefined
  #buffer: Buffer = Buffer.alloc(0)
  #waiting: Waiting[] = []
  #closed = false

  constructor(port: number) {
    this.#port = port
    this.#open(() => {})
  }

  /** @throws {BrokerUnavailableError} not connected, or the connection broke before the answer */
  send(...words: (string | number)[]): Promise<Reply> {
    const socket = this.#socket
    if (!socket) return Promise.reject(new BrokerUnavailableError('Cannot reach Redis: not connected'))
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`)
    socket.write(`*${words.length}\r\n${parts.join('')}`)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }

  #open(onConnect: () => void): void {
    const socket = connect(this.#port, '127.0.0.1')
    // Commands sent before the connection stands wait in the socket.
    this.#socket = socket
    this.#buffer = Buffer.alloc(0)
    socket.on('connect', onConnect)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#lost(socket))
  }

  #lost(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined
    for (const { reject } of this.#waiting.splice(0))
      reject(new BrokerUnavailableError('Cannot reach Redis: connection lost'))
    if (!this.#closed) setTimeout(() => !this.#closed && this.#open(() => this.onReconnect()), 50)
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    let at = 0
    for (;;) {
      const [reply, next] = parse(this.#buffer, at)
      if (reply === unfinished) break
      at = next
      this.#answer(reply)
    }
    this.#buffer = this.#buffer.subarray(at)
  }

  #answer(reply: Reply | Error): void {
    if (Array.isArray(reply) && reply[0] === 'message') this.onMessage(String(reply[1]), String(reply[2]))
    else if (reply instanceof Error) this.#waiting.shift()?.reject(reply)
    else this.#waiting.shift()?.resolve(reply)
  }
}

function parse(buffer: Buffer, at: number): [Reply | Error | typeof unfinished, number] {
  const end = buffer.indexOf('\r\n', at)
  if (end < 0) return [unfinished, at]
  const line = buffer.toString('utf8', at + 1, end)
  const next = end + 2
  const type = String.fromCharCode(buffer[at] ?? 0)
  if (type === '+') return [line, next]
  if (type === '-') return [new Error(line), next]
  if (type === ':') return [Number(line), next]
  const length = Number(line)
  if (length < 0) return [null, next]
  if (type === '$')
    return buffer.length < next + length + 2
      ? [unfinished, at]
      : [buffer.toString('utf8', next, next + length), next + length + 2]
  return parseArray(buffer, next, length)
}

function parseArray(buffer: Buffer, at: number, length: number): [Reply | Error | typeof unfinished, number] {
  const items: Reply[] = []
  let next = at
  while (items.length < length) {
    const [item, after] = parse(buffer, next)
    if (item === unfinished || item instanceof Error) return [item, after]
    items.push(item)
    next = after
  }
  return [items, next]
}
