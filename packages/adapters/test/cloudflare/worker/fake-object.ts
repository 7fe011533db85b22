import { helloHeader } from '../../../src/cloudflare/protocol.ts'

/** A Worker's end of a WebSocket. */
export class FakeSocket extends EventTarget {
  open = false
  /** What sending throws. */
  broken: Error | undefined

  accept(): void {
    this.open = true
  }

  send(): void {
    if (this.broken) throw this.broken
  }

  close(): void {
    this.open = false
  }

  say(data: string): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }

  /** The runtime tells of a loss: by an error, by a close, or by both. */
  tell(...types: ('error' | 'close')[]): void {
    this.open = false
    for (const type of types) this.dispatchEvent(new Event(type))
  }
}

/** What a Worker sees of an object: it takes in a subscriber when it is told to answer. */
export class FakeObject {
  readonly sockets: FakeSocket[] = []
  readonly #waiting: (() => void)[] = []

  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  get open(): number {
    return this.sockets.filter(({ open }) => open).length
  }

  async fetch(): Promise<unknown> {
    const webSocket = new FakeSocket()
    this.sockets.push(webSocket)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return { webSocket, headers: new Headers({ [helloHeader]: '{"head":{"epoch":1,"offset":0}}' }) }
  }
}
