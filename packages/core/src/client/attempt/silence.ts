import { type Clock, Timer } from '../../clock.ts'

/**
 * Finds out that nothing was heard for too long.
 *
 * Its timer is not moved with each byte: it fires, looks at when something was heard last, and waits for the rest.
 */
export class Silence {
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #onSilence: () => void
  #limit = 0
  #heardAt: number

  constructor(clock: Clock, onSilence: () => void) {
    this.#clock = clock
    this.#onSilence = onSilence
    this.#heardAt = clock.now()
    this.#timer = new Timer(clock, () => this.#look())
  }

  /** Allow so many milliseconds from what was heard last; 0 for any silence. */
  allow(limit: number): void {
    this.#limit = limit
    this.#timer.clear()
    this.#look()
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
    if (!this.#timer.isSet) this.#look()
  }

  /** Don't watch until something is heard again. */
  pause(): void {
    this.#timer.clear()
  }

  #look(): void {
    if (this.#limit === 0) return
    const rest = this.#heardAt + this.#limit - this.#clock.now()
    // At least 1 ms: a difference that rounding made must not be waited for again and again.
    if (rest > 0) this.#timer.set(Math.max(rest, 1))
    else this.#onSilence()
  }
}
