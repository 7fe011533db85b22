/**
 * Event handler attributes: `onopen` and its like.
 *
 * Source: WHATWG HTML, section 8.1.8.1 "Event handlers".
 */
import { isObject } from './arguments.ts'

/** The handlers of one event target by their type, each with the listener that calls it; none is null. */
export type Handlers = Record<string, EventListenerObject & { handler: object }>

/** Set a handler. One that replaces another keeps its place among the listeners; one that follows on null is the last. */
export function setHandler(target: EventTarget, handlers: Handlers, type: string, value: unknown): void {
  const { addEventListener, removeEventListener } = EventTarget.prototype
  const slot = handlers[type]
  if (!isObject(value)) {
    delete handlers[type]
    if (slot) removeEventListener.call(target, type, slot)
  } else if (slot) {
    slot.handler = value
  } else {
    const added = {
      handler: value,
      handleEvent(event: Event): void {
        const { handler } = added
        if (typeof handler === 'function' && handler.call(event.currentTarget, event) === false) event.preventDefault()
      },
    }
    handlers[type] = added
    addEventListener.call(target, type, added)
  }
}
