import { StreamClosedError } from '../fanout/errors.ts'
import type { Sink } from '../fanout/sink.ts'

/** Feeds a ReadableStream: takes bytes while the stream asks for them, and hears when its reader cancels. */
export class WebStreamSink implements Sink {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  /** Somebody reads the web stream, or an adapter has taken over. */
  used = false
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  #wanted = false
  #writing = false

  start(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    this.#controller = controller
  }

  pull(): void {
    this.used = true
    this.#wanted = true
    // `enqueue` may pull at once; `write` then answers for it.
    if (!this.#writing) this.onDrain?.()
  }

  cancel(reason: unknown): void {
    this.#controller = undefined
    this.onClose?.(reason)
  }

  write(chunk: Uint8Array): boolean {
    const controller = this.#controller
    if (!controller) return false
    this.#wanted = false
    this.#writing = true
    controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
    this.#writing = false
    return this.#wanted || (controller.desiredSize ?? 0) > 0
  }

  end(): void {
    this.#controller?.close()
    this.#controller = undefined
  }

  // A client that has left is no error: frameworks log those, each in its own way. Where one is still there, an error is
  // what makes them cut its connection.
  abort(reason: unknown): void {
    const hasLeft = reason instanceof StreamClosedError && reason.reason === 'client-closed'
    if (hasLeft) this.#controller?.close()
    else this.#controller?.error(reason)
    this.#controller = undefined
  }
}
