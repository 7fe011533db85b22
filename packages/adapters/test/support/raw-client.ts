import { connect, type Socket } from 'node:net'

/** A client made of nothing but a socket, so that a test sees the very bytes. */
export class RawClient {
  received = ''
  readonly socket: Socket
  closed: Promise<void>
  #changed: (() => void)[] = []

  constructor(url: string, socket?: Socket) {
    const { hostname, port } = new URL(url)
    this.socket = socket ?? connect(Number(port), hostname)
    this.socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1')
      for (const changed of this.#changed.splice(0)) changed()
    })
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }

  send(text: string): this {
    this.socket.write(text)
    return this
  }

  get(path: string, version = '1.1', headers = 'host: localhost\r\n'): this {
    return this.send(`GET ${path} HTTP/${version}\r\n${headers}\r\n`)
  }

  /** Read on after a pause. @returns the code of the error that ends the connection */
  brokenBy(): Promise<string | undefined> {
    const code = new Promise<string | undefined>((resolve) =>
      this.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    )
    this.socket.resume()
    return code
  }

  /** Resolves with everything received once it has `text` in it. */
  async until(text: string, within = 30_000): Promise<string> {
    const end = performance.now() + within
    // Of megabytes, only what is new is looked at.
    for (let from = 0; !this.received.includes(text, from);) {
      from = Math.max(0, this.received.length - text.length)
      const left = end - performance.now()
      if (left <= 0)
        throw new Error(
          `Not received in ${within} ms: ${JSON.stringify(text)}, but ${JSON.stringify(this.received.slice(0, 2000))}`,
        )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#changed.push(() => (clearTimeout(timer), resolve()))
      })
    }
    return this.received
  }
}
