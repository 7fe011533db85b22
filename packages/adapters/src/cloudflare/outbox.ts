import type { Packed } from './protocol.ts'

// Then no company is worth waiting for. It also bounds the wait where a timer does not fire: one of 0 ms never does while
// calls keep coming from the same process (workerd 1.20261117).
const mostWaiting = 256

/**
 * What is stored and not yet sent: events that come together leave together, since a message costs as much for ten events
 * as for one.
 *
 * The timer keeps the object in memory. Should it be lost all the same, its subscribers are behind by their seats.
 */
export class Outbox {
  readonly #send: (packed: readonly Packed[]) => void
  #waiting: Packed[] = []
  #sent: PromiseWithResolvers<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (packed: readonly Packed[]) => void) {
    this.#send = send
  }

  /** Send these after `delay` milliseconds, with all that comes until then. Resolves when they are sent. */
  add(packed: readonly Packed[], delay: number): Promise<void> {
    this.#waiting.push(...packed)
    const { promise } = (this.#sent ??= Promise.withResolvers<void>())
    if (this.#waiting.length >= mostWaiting) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), delay)
    return promise
  }

  #flush(): void {
    const [packed, sent] = [this.#waiting, this.#sent]
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#waiting = []
    this.#sent = this.#timer = undefined
    try {
      this.#send(packed)
    } finally {
      sent?.resolve()
    }
  }
}
