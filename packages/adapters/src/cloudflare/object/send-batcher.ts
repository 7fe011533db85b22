import type { Packed } from '../../packed.ts'

// Then no company is worth waiting for.
const mostWaiting = 256

/**
 * What is stored and not yet sent. A message costs as much for ten events as for one, so what comes soon after a message
 * waits for the next one; the first event after some quiet leaves at once, and no timer keeps the object in memory.
 *
 * Should the object be lost with a timer running, its subscribers are behind by their attachments.
 */
export class SendBatcher {
  readonly #send: (packed: readonly Packed[]) => void
  #waiting: Packed[] = []
  #sentAt = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined
  #sent: PromiseWithResolvers<void> | undefined

  constructor(send: (packed: readonly Packed[]) => void) {
    this.#send = send
  }

  /** Send these, at least `delay` milliseconds after the last message. Resolves when they are sent. */
  async add(packed: readonly Packed[], delay: number): Promise<void> {
    this.#waiting.push(...packed)
    const wait = this.#sentAt + delay - Date.now()
    if (wait <= 0 || this.#waiting.length >= mostWaiting) return this.#flush()
    this.#timer ??= setTimeout(() => this.#flush(), wait)
    this.#sent ??= Promise.withResolvers<void>()
    await this.#sent.promise
  }

  #flush(): void {
    const [packed, sent] = [this.#waiting, this.#sent]
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#waiting = []
    this.#sent = this.#timer = undefined
    this.#sentAt = Date.now()
    try {
      this.#send(packed)
    } finally {
      sent?.resolve()
    }
  }
}
