import type { RingEntry } from '../fanout/chunk.ts'
import type { Sink } from '../fanout/sink.ts'
import type { HubEvent } from './types.ts'

type Step = IteratorResult<HubEvent, undefined>

interface WaitingReader {
  resolve(step: Step): void
  reject(error: unknown): void
}

/**
 * The sink of a loop in this process. It takes one chunk at a time and asks for the next when that has been read: all else
 * stays in the ring, and beyond that in the history, as for any client that is slow.
 */
export class EventQueue implements Sink<readonly RingEntry[]> {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  readonly #onClosed: () => void
  readonly #readers: WaitingReader[] = []
  #events: HubEvent[] = []
  /** How many of them have been read. */
  #read = 0
  #closed = false
  #failure: { error: unknown } | undefined

  /** @param onClosed - called once, when nothing more will come */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The next event, once there is one. */
  next(): Promise<Step> {
    const step = new Promise<Step>((resolve, reject) => this.#readers.push({ resolve, reject }))
    if (this.#isEmpty) this.onDrain?.()
    this.#answer()
    return step
  }

  write(entries: readonly RingEntry[]): boolean {
    if (this.#isEmpty) {
      this.#events = []
      this.#read = 0
    }
    for (const { event } of entries) if (event) this.#events.push(event as HubEvent)
    this.#answer()
    return this.#isEmpty
  }

  // Its subscriber says so by `close` as well, and knows the error.
  end(): void {}
  abort(): void {}

  /** Nothing more will come; what is here can still be read. @param error - told once, after that */
  close(error?: unknown): void {
    if (this.#closed) return
    this.#closed = true
    if (error !== undefined) this.#failure = { error }
    this.#onClosed()
    this.#answer()
  }

  /** The reader has left. */
  cancel(): void {
    const tell = this.onClose
    this.#events = []
    this.#read = 0
    this.close()
    tell?.()
  }

  get #isEmpty(): boolean {
    return this.#read === this.#events.length
  }

  #answer(): void {
    while (this.#readers.length > 0 && !this.#isEmpty) {
      this.#readers.shift()?.resolve({ done: false, value: this.#events[this.#read++] as HubEvent })
    }
    if (!this.#closed) return
    for (const { resolve, reject } of this.#readers.splice(0)) {
      const failure = this.#failure
      this.#failure = undefined
      if (failure) reject(failure.error)
      else resolve({ done: true, value: undefined })
    }
  }
}
