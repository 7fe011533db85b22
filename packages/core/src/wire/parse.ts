/**
 * Reading the event stream format.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.5 "Parsing an event stream" and section 9.2.6 "Interpreting an
 * event stream".
 */
import { EventBlock, type EventStreamHandlers } from './block.ts'
import { byteLength, characterBoundary, joinBytes } from './bytes.ts'
import { EventTooLargeError, maxEventBytes } from './errors.ts'
import { Lines } from './lines.ts'

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

  // How many bytes may come before what is held can have passed the limit. Counted again only then: a stream of short
  // events is not looked at but once in 16 MiB.
  #room = 0
  readonly #block: EventBlock
  readonly #lines: Lines

  constructor(handlers: EventStreamHandlers, options: EventStreamParserOptions = {}) {
    this.#block = new EventBlock(handlers, options.lastEventId ?? '')
    this.#lines = new Lines(this.#block)
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
    const { length } = chunk
    if (length <= maxText && length <= this.#room && this.#queue.length === 0 && !this.#lines.isInterrupted) {
      this.#room -= length
      return this.#take(chunk)
    }
    this.#queue = this.#queue.length > 0 ? joinBytes(this.#queue, chunk) : chunk
    if (this.#lines.isInterrupted) this.#lines.goOn()
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
    const lines = this.#lines
    const lineBytes = byteLength(lines.unfinished) + this.#rawLength
    if (lineBytes < room) return room - lineBytes
    const line = lines.unfinished + decoder.decode(this.#raw.subarray(0, this.#rawLength))
    if ((room < 1 || knownField.test(line)) && !this.#block.passOver()) {
      this.#forget()
      throw (this.#failure = new EventTooLargeError(this.#maxEventBytes))
    }
    // A line that is too long goes on as a field without meaning. Of a comment that is all there is to it.
    if (room > 0) {
      lines.unfinished = '-'
      this.#rawLength = 0
    }
    // One at least, for the end of the block: what is no UTF-8 takes three times its bytes once it is text.
    return Math.max(1, limit - this.#block.countBytes())
  }

  #forget(): void {
    this.#queue = nothing
    this.#rawLength = 0
    this.#lines.clear()
    this.#block.clear()
  }

  #take(chunk: Uint8Array): void {
    const raw = this.#raw
    const held = this.#rawLength
    if (chunk.length < tinyChunk && held + chunk.length <= raw.length) return this.#gather(chunk)
    if (held > 0) chunk = joinBytes(raw.subarray(0, held), chunk)
    const cut = characterBoundary(chunk)
    this.#rawLength = chunk.length - cut
    if (cut < chunk.length) {
      raw.set(chunk.subarray(cut))
      chunk = chunk.subarray(0, cut)
    }
    if (cut > 0) this.#parse(decoder.decode(chunk))
  }

  // A tiny chunk: copied in the same loop that looks for its last line end, and decoded up to that.
  #gather(chunk: Uint8Array): void {
    const raw = this.#raw
    let length = this.#rawLength
    let cut = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number
      raw[length++] = byte
      if (byte === 10 || byte === 13) cut = length
    }
    this.#rawLength = length - cut
    if (cut === 0) return
    const text = cut === 1 ? String.fromCharCode(raw[0] as number) : decoder.decode(raw.subarray(0, cut))
    if (cut < length) raw.copyWithin(0, cut, length)
    this.#parse(text)
  }

  #parse(text: string): void {
    if (this.#atStart) {
      this.#atStart = false
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    }
    if (text) this.#lines.take(text)
  }
}
