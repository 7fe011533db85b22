import type { Sink } from '@holdfast/core/adapter'
import type { BunServer, DirectController, DirectSource } from './types.ts'

// For what a slow client still has to take of a stream that has ended. Bun 1.4 counts idle time in steps of 4 s.
const lingerSeconds = 12

/**
 * Writes to Bun's own sink of a response, past the web streams: it is the source of a `type: 'direct'` stream.
 *
 * Bun asks for the body as it sends the head. What the core writes before that is one chunk, which is kept.
 */
export class DirectSink implements Sink, DirectSource {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  readonly #request: Request
  readonly #server: BunServer
  readonly #open: Set<DirectSink>
  #controller: DirectController | undefined
  #opening: Uint8Array | undefined
  /** Bun has asked for the body, and the socket is not full. */
  #hasRoom = false
  #ending = false

  /** @param open - where it is kept until the core has let go of it */
  constructor(request: Request, server: BunServer, open: Set<DirectSink>) {
    this.#request = request
    this.#server = server
    this.#open = open
    open.add(this)
  }

  get type(): 'direct' {
    return 'direct'
  }

  // Called once by `Bun.serve`, and for each read by whoever reads the stream himself. It returns no promise: that would end
  // the response.
  pull(controller: DirectController): void {
    if (this.#controller) return
    this.#controller = controller
    const opening = this.#opening
    this.#opening = undefined
    if (!opening || this.write(opening)) this.#goOn()
  }

  cancel(reason: unknown): void {
    this.#open.delete(this)
    this.onClose?.(reason)
  }

  write(chunk: Uint8Array): boolean {
    const controller = this.#controller
    if (!controller) {
      this.#opening = chunk
      return false
    }
    const taken = controller.write(chunk)
    if (typeof taken === 'number') {
      // Bun keeps what is less than some hundred bytes until the turn is over, unless it is told not to.
      controller.flush()
      return true
    }
    this.#hasRoom = false
    const goOn = (): void => this.#goOn()
    taken.then(goOn, goOn)
    return false
  }

  // While the socket is full it is not ended: Bun takes a response that is for one that is over, and a server that stops
  // then closes the connection with what is still to be sent (1.4.5).
  end(): void {
    if (!this.#open.delete(this)) return
    // It is also how long the connection may be idle afterwards.
    this.#server.timeout(this.#request, lingerSeconds)
    this.#ending = true
    if (this.#hasRoom) this.#controller?.end()
  }

  // With an error Bun resets the connection, and the kernel forgets what it had queued.
  abort(reason: unknown): void {
    if (!this.#controller) this.end()
    else if (this.#open.delete(this)) this.#controller.close(reason)
  }

  /** End the response and tell the core that its client is gone, since the server is closing. */
  finish(): void {
    const tell = this.onClose
    this.end()
    tell?.()
  }

  #goOn(): void {
    this.#hasRoom = true
    if (this.#ending) this.#controller?.end()
    else this.onDrain?.()
  }
}
