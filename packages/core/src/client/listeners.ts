import { reportException } from '../report.ts'

/** Functions of the application. The same one added twice is called twice; what one throws is reported and goes nowhere else. */
export class Listeners<Value> {
  #all: readonly { call: (value: Value) => unknown }[] = []

  /** @returns how to take it out */
  add(call: (value: Value) => unknown): () => void {
    const listener = { call }
    this.#all = [...this.#all, listener]
    return () => void (this.#all = this.#all.filter((other) => other !== listener))
  }

  /** Call those of now: one that is added meanwhile begins with the next value. */
  tell(value: Value): void {
    for (const { call } of this.#all) {
      try {
        const result = call(value)
        if (result instanceof Promise) result.catch(reportException)
      } catch (error) {
        reportException(error)
      }
    }
  }
}
