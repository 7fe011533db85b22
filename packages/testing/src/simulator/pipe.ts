import type { World } from './world.ts'

/** One response body on its way through the network: chunks arrive in order, each after the path's delay. */
export class Pipe {
  /** Between these the path swallows everything; TCP tries again and again. */
  holed = false
  delay: number
  /** Told when the client is gone, and when the pipe has ended at the client. */
  onCancel: (() => void) | undefined
  onEnd: (() => void) | undefined
  ended = false
  readonly #world: World
  readonly #chunks: Uint8Array[] = []
  readonly #held: (() => void)[] = []
  #arrives = 0
  #waiting: { resolve(result: ReadableStreamReadResult<Uint8Array>): void; reject(error: unknown): void } | undefined
  #end: { error?: unknown } | undefined

  constructor(world: World, delay: number) {
    this.#world = world
    this.delay = delay
  }

  write(chunk: Uint8Array): void {
    this.#send(() => this.#chunks.push(chunk))
  }

  /** The server closes, or its machine resets the connection. */
  finish(error?: unknown): void {
    this.#send(() => this.#finish(error === undefined ? {} : { error }))
  }

  /** The client closes. */
  cancel(error?: unknown): void {
    if (this.ended) return
    this.#finish({ error: error ?? new Error('Cancelled') })
    this.onCancel?.()
  }

  /** The path works again: all that it swallowed comes with TCP's next attempt. */
  heal(): void {
    this.holed = false
    for (const arrive of this.#held.splice(0)) arrive()
  }

  /** What a client sees of it, as far as it uses a body. */
  get body(): ReadableStream<Uint8Array> {
    const reader = { read: () => this.#read(), cancel: () => Promise.resolve(this.cancel()), releaseLock() {} }
    return { getReader: () => reader, cancel: reader.cancel } as unknown as ReadableStream<Uint8Array>
  }

  #send(arrive: () => void): void {
    if (this.ended) return
    // Never before what was sent earlier.
    this.#arrives = Math.max(this.#arrives, this.#world.now + this.delay)
    this.#world.after(this.#arrives - this.#world.now, () => {
      const land = (): void => {
        if (this.ended) return
        arrive()
        this.#wake()
      }
      if (this.holed) this.#held.push(land)
      else land()
    })
  }

  #finish(end: { error?: unknown }): void {
    this.ended = true
    this.#end = end
    this.onEnd?.()
    this.#wake()
  }

  #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#wake()
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    if (!waiting || (this.#chunks.length === 0 && !this.#end)) return
    this.#waiting = undefined
    const value = this.#chunks.shift()
    if (value) waiting.resolve({ done: false, value })
    else if (this.#end && 'error' in this.#end) waiting.reject(this.#end.error)
    else waiting.resolve({ done: true, value: undefined })
  }
}
