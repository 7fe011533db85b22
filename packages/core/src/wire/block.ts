import { byteLength, detached } from './bytes.ts'
import type { ReceivedEvent } from './event.ts'
import { Received } from './received.ts'

/** What a parser calls, in the order of the stream. A handler must not call the parser's `push` or `end`. */
export interface EventStreamHandlers {
  /**
   * An event. `ownId` is the id line of its own block, undefined where the event has the ID of an earlier one. Its data,
   * its id and a long type may keep the text alive that they were cut from, 16 KB at most.
   */
  onEvent(event: ReceivedEvent, ownId: string | undefined): void
  /** A valid `retry` field, in milliseconds; at once, not at the end of its block. */
  onRetry?: ((milliseconds: number) => void) | undefined
  /**
   * A comment line: the text after the colon, without one leading space. At once, like `onRetry`. Not called for one that
   * has grown past `maxEventBytes`.
   */
  onComment?: ((text: string) => void) | undefined
  /** The end of a block that had a valid id line and no data: the last event ID moves on, and there is no event. */
  onCheckpoint?: ((id: string) => void) | undefined
  /**
   * The end of a block that grew past `maxEventBytes`, with its id line if there was one. The event is passed over, and
   * the last event ID stays. Without this handler such a block makes `push` throw.
   */
  onTooLarge?: ((ownId: string | undefined) => void) | undefined
}

// A text up to this is cheaper kept than copied from.
const smallText = 512

// A longer one cannot be a header.
const maxIdLength = 4_096

// A longer type is a slice of its text, as data is: to compare one here takes as long as it takes who looks at it, a tenth of an
// event (Node 26). V8 copies what is no longer.
const maxShared = 12

// As many lines of data are kept apart at most: a short one takes 40 bytes of memory that way (Node 26).
const maxLines = 1_024

/** One event block after the other, field by field, and the state that outlives them. */
export class EventBlock {
  readonly #handlers: EventStreamHandlers
  lastEventId: string
  reconnectionTime: number | undefined

  // Its data, line by line, and joined once. Of very many, the first ones are joined, and their bytes counted.
  #lines: string[] = []
  #counted = 0
  #countedBytes = 0
  #type = ''
  #id: string | undefined
  #hasCutId = false
  #lastType = ''
  #isPassedOver = false
  #textHasNul: boolean | undefined

  constructor(handlers: EventStreamHandlers, lastEventId: string) {
    this.#handlers = handlers
    this.lastEventId = lastEventId
  }

  /** What the unfinished block holds: its data with the LF that the standard puts after each line, its type and its id. */
  countBytes(): number {
    if (this.#lines.length > this.#counted) this.#countLines()
    return this.#countedBytes + byteLength(this.#type) + byteLength(this.#id)
  }

  /** Discard the block. */
  clear(): void {
    this.#type = ''
    this.#id = undefined
    this.#isPassedOver = false
    this.#takeData()
  }

  /** Keep nothing of the block but its id, if that could be sent back. @returns false where nobody would hear of that */
  passOver(): boolean {
    const id = this.#id
    this.clear()
    if (id !== undefined && id.length <= maxIdLength) this.#id = id
    return (this.#isPassedOver = !!this.#handlers.onTooLarge)
  }

  /** The lines that follow are of another text than those before. */
  beginText(): void {
    this.#textHasNul = undefined
  }

  /**
   * The text is over, and what stays must not keep it alive: a last event ID lives as long as its connection. Copied once here
   * and not for each event, which took a fifth of a short event with an id (Node 26).
   */
  endText(): void {
    if (!this.#hasCutId) return
    this.#hasCutId = false
    this.lastEventId = detached(this.lastEventId)
    if (this.#id !== undefined) this.#id = detached(this.#id)
  }

  /** Take one line that is not empty: a field or a comment. */
  field(text: string, from: number, end: number): void {
    const first = text.charCodeAt(from)
    if (first === 101 && isEventField(text, from)) return this.#setType(valueOf(text, from + 6, end))
    if (first === 105 && isIdField(text, from)) return this.#setId(valueOf(text, from + 3, end), text)
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
        // Not without a colon, since the line is not empty.
        this.#handlers.onComment?.(value)
    }
  }

  addData(value: string): void {
    if (this.#lines.push(value) - this.#counted === maxLines) this.#countLines()
  }

  #countLines(): void {
    const lines = this.#lines.splice(this.#counted).join('\n')
    this.#counted = this.#lines.push(lines)
    this.#countedBytes += byteLength(lines) + 1
  }

  #takeData(): string {
    const data = this.#lines.join('\n')
    this.#lines.length = this.#counted = this.#countedBytes = 0
    return data
  }

  // Streams name few types: the last one is used again, and not copied out of the text each time. As a property's key a
  // string becomes the engine's one copy of it, which the next type is compared with fastest (Node 26: 7 % of a short event).
  #setType(type: string): void {
    if (type.length <= maxShared && type !== this.#lastType) this.#lastType = Object.keys({ [type]: 0 })[0] as string
    this.#type = type.length <= maxShared ? this.#lastType : type
  }

  #setId(id: string, text: string): void {
    // A search of the whole text, once, costs less than one of each id.
    if ((this.#textHasNul ??= text.includes('\0')) && id.includes('\0')) return
    this.#id = id
    if (text.length > smallText) this.#hasCutId = true
  }

  #setRetry(value: string): void {
    if (!/^\d+$/.test(value)) return
    this.reconnectionTime = Number(value)
    this.#handlers.onRetry?.(this.reconnectionTime)
  }

  /** The block is over; `data` are its last lines of data, if it was not told of them. */
  dispatch(data?: string): void {
    const id = this.#id
    const type = this.#type || 'message'
    this.#type = ''
    if (this.#lines.length > 0) {
      if (data !== undefined) this.addData(data)
      data = this.#takeData()
    }
    this.#id = undefined
    if (this.#isPassedOver) {
      this.#isPassedOver = false
      return this.#handlers.onTooLarge?.(id)
    }
    if (id !== undefined) this.lastEventId = id
    if (data !== undefined) this.#handlers.onEvent(new Received(type, data, this.lastEventId), id)
    else if (id !== undefined) this.#handlers.onCheckpoint?.(this.lastEventId)
  }
}

/** Whether a line begins with `data:`. By character codes: several times faster than the string's own method. */
export function startsWithData(text: string, at: number): boolean {
  return (
    at + 4 < text.length &&
    text.charCodeAt(at) === 100 &&
    text.charCodeAt(at + 1) === 97 &&
    text.charCodeAt(at + 2) === 116 &&
    text.charCodeAt(at + 3) === 97 &&
    text.charCodeAt(at + 4) === 58
  )
}

function isEventField(text: string, at: number): boolean {
  return (
    text.charCodeAt(at + 1) === 118 &&
    text.charCodeAt(at + 2) === 101 &&
    text.charCodeAt(at + 3) === 110 &&
    text.charCodeAt(at + 4) === 116 &&
    text.charCodeAt(at + 5) === 58
  )
}

function isIdField(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === 100 && text.charCodeAt(at + 2) === 58
}

/** A field's value: one space after the colon is not part of it. */
export function valueOf(text: string, from: number, end: number): string {
  return text.slice(text.charCodeAt(from) === 32 ? from + 1 : from, end)
}
