/**
 * Event handler attributes: `onopen` and its like.
 *
 * Source: WHATWG HTML, section 8.1.8.1 "Event handlers".
 */
import { isObject } from './arguments.ts'

/** What a handler attribute may hold: an object that cannot be called is kept, too, and never called. */
export type Handler = ((event: never) => unknown) | object | null

interface Slot {
  handler: Handler
  listener(event: Event): void
}

/** The handler attributes of one event target. */
export class Handlers {
  readonly #target: EventTarget
  readonly #slots: Record<string, Slot> = {}

  constructor(target: EventTarget) {
    this.#target = target
  }

  get(type: string): Handler {
    return this.#slots[type]?.handler ?? null
  }

  // A handler that replaces another keeps its place among the listeners; one that follows on null is the last.
  set(type: string, value: unknown): void {
    const { addEventListener, removeEventListener } = EventTarget.prototype
    const slot = this.#slots[type]
    const handler = isObject(value) ? value : null
    if (slot && handler) {
      slot.handler = handler
    } else if (slot) {
      delete this.#slots[type]
      removeEventListener.call(this.#target, type, slot.listener)
    } else if (handler) {
      const added: Slot = { handler, listener: (event) => call(added.handler, event) }
      this.#slots[type] = added
      addEventListener.call(this.#target, type, added.listener)
    }
  }
}

function call(handler: Handler, event: Event): void {
  if (typeof handler !== 'function') return
  if ((handler as (event: Event) => unknown).call(event.currentTarget, event) === false) event.preventDefault()
}
