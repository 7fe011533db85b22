import { reportException } from '../report.ts'
import { ConnectionError } from './errors.ts'
import { type Clock, Timer } from './timer.ts'
import type { ConnectOptions, PositionStore } from './types.ts'

const interval = 1_000

/** Where to begin: what the application says, else what its store has. */
export async function startOf({ lastEventId, store }: ConnectOptions): Promise<string | ConnectionError> {
  try {
    // Waits in any case, so that whoever listens has begun to.
    return (await (lastEventId ?? store?.get())) ?? ''
  } catch (cause) {
    return new ConnectionError('store-failed', { cause })
  }
}

/** Writes the consumed position to the application's store, at most once a second and never twice at a time. */
export class PositionWriter {
  readonly #store: PositionStore
  readonly #timer: Timer
  #id: string | undefined
  #writing = false
  #closed = false

  constructor(store: PositionStore, clock: Clock) {
    this.#store = store
    this.#timer = new Timer(clock, () => void this.#write())
  }

  put(id: string): void {
    this.#id = id
    if (!this.#timer.active && !this.#writing && !this.#closed) this.#timer.set(interval)
  }

  /** Write what is left, now. */
  close(): void {
    this.#closed = true
    this.#timer.clear()
    void this.#write()
  }

  async #write(): Promise<void> {
    if (this.#writing) return
    this.#writing = true
    while (this.#id !== undefined) {
      const id = this.#id
      this.#id = undefined
      try {
        await this.#store.set(id)
      } catch (error) {
        reportException(error)
      }
      if (!this.#closed) break
    }
    this.#writing = false
    if (this.#id !== undefined) this.#timer.set(interval)
  }
}
