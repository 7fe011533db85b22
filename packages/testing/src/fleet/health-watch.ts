import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../eventually.ts'

const lookEvery = 200
const patience = 4_000

/** Asks a server again and again whether it lives and is ready, as an orchestrator does. */
export class HealthWatch {
  /** The last status of `readyz`; 0 where there was no answer. */
  ready = 0
  /** What `livez` said when it did not say 200. */
  readonly deaths: number[] = []
  /** Statuses of `readyz`, a run of the same one once. */
  readonly course: number[] = []
  readonly #url: string
  readonly #abort = new AbortController()
  readonly #done: Promise<unknown>

  constructor(url: string) {
    this.#url = url
    this.#done = Promise.all([this.#watchReady(), this.#watchLive()])
  }

  /** Wait until `readyz` says so. */
  async becomes(status: number, within: number): Promise<void> {
    const what = `readyz ${status} of ${this.#url}`
    await eventually(what, () => this.ready === status, { within, every: 20, last: () => this.course })
  }

  async end(): Promise<void> {
    this.#abort.abort()
    await this.#done
  }

  async #watchReady(): Promise<void> {
    await this.#repeat('readyz', (status) => {
      if (status !== this.ready) this.course.push(status)
      this.ready = status
    })
  }

  async #watchLive(): Promise<void> {
    await this.#repeat('livez', (status) => {
      if (status !== 200) this.deaths.push(status)
    })
  }

  async #repeat(path: string, note: (status: number) => void): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const status = await this.#ask(path)
      if (this.#abort.signal.aborted) return
      note(status)
      await wait(lookEvery)
    }
  }

  async #ask(path: string): Promise<number> {
    const signal = AbortSignal.any([AbortSignal.timeout(patience), this.#abort.signal])
    try {
      const response = await fetch(`${this.#url}/${path}`, { signal })
      await response.body?.cancel()
      return response.status
    } catch {
      return 0
    }
  }
}
