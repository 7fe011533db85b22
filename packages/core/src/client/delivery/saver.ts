import { type Clock, Timer } from '../../clock.ts'
import { reportException } from '../../report.ts'
import { saveInterval } from '../constants.ts'
import type { PositionStore } from '../types.ts'

/** Writes what was consumed into the application's store: at most once a second, at the end, and never twice at a time. */
export class PositionSaver {
  readonly #store: PositionStore
  readonly #timer: Timer
  #consumed: string
  #saved: string
  #isWriting = false
  #isOver = false

  constructor(store: PositionStore, clock: Clock, saved: string) {
    this.#store = store
    this.#timer = new Timer(clock, () => void this.#save())
    this.#consumed = this.#saved = saved
  }

  /** Everything up to this id was dealt with. */
  consumed(id: string): void {
    this.#consumed = id
    this.#saveSoon()
  }

  /** Nothing more will be consumed: write the rest now. */
  finish(): void {
    this.#isOver = true
    this.#timer.clear()
    this.#saveSoon()
  }

  #saveSoon(): void {
    if (this.#isWriting || this.#consumed === this.#saved) return
    if (this.#isOver) void this.#save()
    else if (!this.#timer.isSet) this.#timer.set(saveInterval)
  }

  async #save(): Promise<void> {
    this.#isWriting = true
    this.#saved = this.#consumed
    try {
      await this.#store.set(this.#saved)
    } catch (error) {
      reportException(error)
    }
    this.#isWriting = false
    this.#saveSoon()
  }
}
