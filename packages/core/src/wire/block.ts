import { detached } from './bytes.ts'
import type { ReceivedEvent } from './event.ts'
import { Received } from './received.ts'

/** What a parser calls, in the order of the stream. A handler must not call the parser's `push` or `end`. */
export interface EventStreamHandlers {
  onEvent(event: ReceivedEvent): void
  /** A valid `retry` field, in milliseconds; at once, not at the end of its block. */
  onRetry?: ((milliseconds: number) => void) | undefined
  /** A comment line: the text after the colon, without one leading space. At once, like `onRetry`. */
  onComment?: ((text: string) => void) | undefined
  /** The end of a block that had a valid id line, also one without data; before the block's `onEvent`. */
  onId?: ((id: string) => void) | undefined
}

// Above this, ids are copied out of the text they came in.
const smallText = 512

/** One event block after the other, field by field, and the state that outlives them. */
export class EventBlock {
  readonly #handlers: EventStreamHandlers
  lastEventId: string
  reconnectionTime: number | undefined

  /** The first line of data; the others are kept apart and joined once, which leaves no chain of strings behind. */
  data: string | undefined
  #lines: string[] | undefined
  #type = ''
  #id: string | undefined
  #lastType = ''

  constructor(handlers: EventStreamHandlers, lastEventId: string) {
    this.#handlers = handlers
    this.lastEventId = lastEventId
  }

  /** Discard the block. */
  clear(): void {
    this.#type = ''
    this.data = this.#lines = this.#id = undefined
  }

  /** Take one line that is not empty: a field or a comment. */
  field(text: string, from: number, end: number): void {
    const first = text.charCodeAt(from)
    // Short slices are copied, so comparing one costs no more than comparing character by character.
    if (first === 101 && text.slice(from, from + 6) === 'event:') return this.#setType(valueOf(text, from + 6, end))
    if (first === 105 && text.slice(from, from + 3) === 'id:') return this.#setId(valueOf(text, from + 3, end), text)
    const line = text.slice(from, end)
    const colon = line.indexOf(':')
    const value = colon < 0 ? '' : valueOf(line, colon + 1, line.length)
    switch (colon < 0 ? line : line.slice(0, colon)) {
      case 'data':
        return this.addData(value)
      case 'event':
        return this.#setType(value)
      case 'id':
        return this.#setId(value, text)
      case 'retry':
        return this.#setRetry(value)
      case '':
        if (colon === 0) this.#handlers.onComment?.(value)
    }
  }

  addData(value: string): void {
    if (this.data === undefined) this.data = value
    else (this.#lines ??= []).push(value)
  }

  // Streams name few types: the last one is used again, and not copied out of the text each time. As a property's key a
  // string becomes the engine's one copy of it, which the next type is compared with fastest (Node 26: 7 % of a short event).
  #setType(type: string): void {
    if (type !== this.#lastType) this.#lastType = Object.keys({ [type]: 0 })[0] as string
    this.#type = this.#lastType
  }

  // Ids are kept by the thousand, so they must not keep the text alive; a small text is cheaper kept than copied from.
  #setId(id: string, text: string): void {
    if (!id.includes('\0')) this.#id = text.length > smallText ? detached(id) : id
  }

  #setRetry(value: string): void {
    if (!/^\d+$/.test(value)) return
    this.reconnectionTime = Number(value)
    this.#handlers.onRetry?.(this.reconnectionTime)
  }

  /** The block is over, and `data` is its first line of data. */
  dispatch(data: string | undefined): void {
    const id = this.#id
    const type = this.#type || 'message'
    this.#type = ''
    if (this.data !== undefined) {
      if (this.#lines !== undefined) data = `${data}\n${this.#lines.join('\n')}`
      this.data = this.#lines = undefined
    }
    try {
      if (id !== undefined) {
        this.#id = undefined
        this.lastEventId = id
        this.#handlers.onId?.(id)
      }
    } finally {
      // Also when onId threw: the id has moved on, so the event would be lost.
      if (data !== undefined) this.#handlers.onEvent(new Received(type, data, this.lastEventId))
    }
  }
}

/** Whether a line begins with `data:`. By character codes: several times faster than the string's own method. */
export function startsWithData(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === 100 &&
    text.charCodeAt(at + 1) === 97 &&
    text.charCodeAt(at + 2) === 116 &&
    text.charCodeAt(at + 3) === 97 &&
    text.charCodeAt(at + 4) === 58
  )
}

/** A field's value: one space after the colon is not part of it. */
export function valueOf(text: string, from: number, end: number): string {
  return text.slice(text.charCodeAt(from) === 32 ? from + 1 : from, end)
}
