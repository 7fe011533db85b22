/**
 * Reading the event stream format.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.5 "Parsing an event stream" and section 9.2.6 "Interpreting an
 * event stream".
 */
import { EventBlock, type EventStreamHandlers, startsWithData, valueOf } from './block.ts'
import { byteLength, characterBoundary, joinBytes, lastLineEnd } from './bytes.ts'
import { EventTooLargeError, maxEventBytes } from './errors.ts'

export type { EventStreamHandlers } from './block.ts'

/** Options of {@link EventStreamParser}. */
export interface EventStreamParserOptions {
  /** The last event ID to begin with, as after a reconnection. Default the empty string. */
  lastEventId?: string | undefined
  /**
   * The bytes that an unfinished event may hold: its data, type and id so far, and the unfinished line, its field's name
   * included. What is not kept does not count. Default 16 MiB.
   */
  maxEventBytes?: number | undefined
}

// Each text on its own. As a stream, Node 26's decoder takes a second BOM for the first one when that is split.
const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })
// An unfinished line that is a field of the standard's, or still may become one.
const knownField = /^((data|event|id|retry):|[a-z]{0,5}$)/
const nothing: Uint8Array = /* @__PURE__ */ new Uint8Array(0)

// Chunks below this are searched for a line end in JavaScript, and kept as bytes until one comes: a call of the decoder
// costs as much as hundreds of bytes.
const tinyChunk = 64

// How much is decoded at once. A dispatched string may keep alive the text it was cut from: this bounds how much that is.
const maxText = 16_384

/**
 * An incremental parser: bytes in, events out, whatever the chunks.
 *
 * A handler that throws makes `push` throw the same; the bytes after that event are kept, and the next `push` or `end`
 * goes on with them.
 */
export class EventStreamParser {
  readonly #maxEventBytes: number
  #failure: EventTooLargeError | undefined

  // Bytes: not looked at yet (only after a handler threw), and not decoded yet (a split character, or tiny chunks).
  #queue: Uint8Array = nothing
  readonly #raw: Uint8Array = new Uint8Array(8 * tinyChunk)
  #rawLength = 0
  #atStart = true

  // Text: the unfinished line. After a handler threw it is all that was not parsed, line ends included.
  #tail = ''
  #interrupted = false
  #skipLf = false

  // How many bytes may come before what is held can have passed the limit. Counted again only then: a stream of short
  // events is not looked at but once in 16 MiB.
  #room = 0
  readonly #block: EventBlock

  constructor(handlers: EventStreamHandlers, options: EventStreamParserOptions = {}) {
    this.#block = new EventBlock(handlers, options.lastEventId ?? '')
    this.#maxEventBytes = options.maxEventBytes ?? maxEventBytes
  }

  /** The last event ID: what a reconnection sends. Changes at the end of a block, not at its id line. */
  get lastEventId(): string {
    return this.#block.lastEventId
  }

  /** The last valid `retry`, in milliseconds; undefined until there was one. */
  get reconnectionTime(): number | undefined {
    return this.#block.reconnectionTime
  }

  /**
   * Parse the next bytes and call the handlers. The chunk is not kept.
   *
   * @throws {EventTooLargeError} the unfinished event passed `maxEventBytes`, and there is no `onTooLarge`; every later call
   *   throws it again
   */
  push(chunk: Uint8Array): void {
    if (this.#failure) throw this.#failure
    this.#queue = this.#queue.length > 0 ? joinBytes(this.#queue, chunk) : chunk
    if (this.#interrupted) this.#scan('')
    while (this.#queue.length > 0) this.#take(this.#nextPart())
  }

  /**
   * The stream is over: discard an unfinished block. A later `push` begins another stream, with the last event ID and
   * the reconnection time of this one.
   */
  end(): void {
    try {
      if (!this.#failure) this.push(nothing)
    } finally {
      this.#forget()
      this.#atStart = true
    }
  }

  #nextPart(): Uint8Array {
    if (this.#room === 0) this.#room = this.#makeRoom()
    const queue = this.#queue
    const room = Math.min(maxText, this.#room)
    const part = queue.length > room ? queue.subarray(0, room) : queue
    this.#queue = queue.length > room ? queue.subarray(room) : nothing
    this.#room -= part.length
    return part
  }

  // Up to one byte too many: a line end there still is none.
  #makeRoom(): number {
    const limit = this.#maxEventBytes + 1
    const room = limit - this.#block.countBytes()
    const lineBytes = byteLength(this.#tail) + this.#rawLength
    if (lineBytes < room) return room - lineBytes
    const line = this.#tail + decoder.decode(this.#raw.subarray(0, this.#rawLength))
    if ((room < 1 || knownField.test(line)) && !this.#block.passOver()) {
      this.#forget()
      throw (this.#failure = new EventTooLargeError(this.#maxEventBytes))
    }
    // A line that is too long goes on as a field without meaning. Of a comment that is all there is to it.
    if (room > 0) {
      this.#tail = '-'
      this.#rawLength = 0
    }
    // One at least, for the end of the block: what is no UTF-8 takes three times its bytes once it is text.
    return Math.max(1, limit - this.#block.countBytes())
  }

  #forget(): void {
    this.#queue = nothing
    this.#rawLength = 0
    this.#tail = ''
    this.#interrupted = this.#skipLf = false
    this.#block.clear()
  }

  // Decode up to a cut that splits no character; of a tiny chunk, up to its last line end.
  #take(chunk: Uint8Array): void {
    const raw = this.#raw
    const held = this.#rawLength
    const length = held + chunk.length
    const fits = length <= raw.length
    const tail = fits && chunk.length < tinyChunk ? chunk.length - 1 - lastLineEnd(chunk) : 0
    if (held > 0 || tail > 0) {
      if (fits) {
        raw.set(chunk, held)
        this.#rawLength = length
        if (tail === chunk.length) return
        chunk = raw.subarray(0, length)
      } else {
        chunk = joinBytes(raw.subarray(0, held), chunk)
      }
    }
    const cut = tail > 0 ? length - tail : characterBoundary(chunk)
    const text = decoder.decode(cut < length ? chunk.subarray(0, cut) : chunk)
    this.#rawLength = length - cut
    if (cut < length) raw.set(chunk.subarray(cut))
    if (text) this.#scan(this.#atStart && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  }

  // Find the lines.
  #scan(text: string): void {
    const block = this.#block
    let start = 0
    this.#atStart = false
    if (this.#interrupted && this.#tail) {
      text = this.#tail + text
      this.#tail = ''
    } else if (this.#skipLf && text.charCodeAt(0) === 10) {
      start = 1
    }
    let lf = text.indexOf('\n', start)
    let cr = text.indexOf('\r', start)
    if (text) this.#skipLf = text.charCodeAt(text.length - 1) === 13
    this.#interrupted = true
    try {
      while (lf >= 0 || cr >= 0) {
        let end = lf
        let next = lf + 1
        if (cr >= 0 && (lf < 0 || cr < lf)) {
          end = cr
          if (lf !== cr + 1) next = cr + 1
        }
        const from = start
        start = next
        if (this.#tail) {
          const line = this.#tail + text.slice(from, end)
          this.#tail = ''
          block.field(line, 0, line.length)
        } else if (end === from) {
          block.dispatch()
        } else if (!startsWithData(text, from)) {
          block.field(text, from, end)
        } else {
          const value = valueOf(text, from + 5, end)
          // The usual event: one line of data, and the block ends.
          const blank = block.hasData ? 0 : blankLineEnd(text, next)
          if (blank > 0) {
            start = blank
            block.dispatch(value)
          } else {
            block.addData(value)
          }
        }
        if (lf >= 0 && lf < start) lf = text.indexOf('\n', start)
        if (cr >= 0 && cr < start) cr = text.indexOf('\r', start)
      }
      this.#interrupted = false
    } finally {
      this.#tail += text.slice(start)
    }
  }
}

// Where the blank line at `at` ends, or 0. A blank line of CR alone is left to the general way.
function blankLineEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code === 10 ? at + 1 : code === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : 0
}
