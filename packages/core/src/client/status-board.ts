import { callSafely } from '../report.ts'
import type { Status } from './status.ts'

type Listener = (status: Status) => void

/** What a connection is doing, and who wants to know. */
export class StatusBoard {
  current: Status
  readonly #listeners = new Set<Listener>()

  constructor(status: Status) {
    this.current = status
  }

  post(status: Status): void {
    if (status.state !== 'standby') this.current = status
    for (const listener of this.#listeners) callSafely(listener, status)
  }

  listen(listener: Listener): () => void {
    // The same function twice is two listeners.
    const own: Listener = (status) => listener(status)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }
}
