import type { EventStreamHandlers } from '../../wire/block.ts'
import { encodeEvent } from '../../wire/encode.ts'
import { maxEventBytes } from '../../wire/errors.ts'
import type { ReceivedEvent } from '../../wire/event.ts'
import { EventStreamParser, type EventStreamParserOptions } from '../../wire/parse.ts'

/** The bytes of each event that was parsed, as the server sent them. */
export class RawEvents {
  readonly #bytes = new WeakMap<ReceivedEvent, Uint8Array>()

  /** A parser whose events' bytes are known here. */
  readonly createParser = (handlers: EventStreamHandlers, options: EventStreamParserOptions): RawBlockParser =>
    new RawBlockParser(handlers, options, this.#bytes)

  /** The bytes of an event's block; of one that was too large to keep them, the same event written anew. */
  of(event: ReceivedEvent): Uint8Array {
    return this.#bytes.get(event) ?? encodeEvent(event)
  }
}

/** Parses block by block, and so knows the bytes that an event came in. */
class RawBlockParser {
  readonly #parser: EventStreamParser
  readonly #limit: number
  /** The unfinished block, as it came, with room for more. Of one that is too large to be kept, nothing. */
  #pending: Uint8Array = new Uint8Array(256)
  #size = 0
  #block: Uint8Array | undefined
  #isFirst = true
  #isLineEmpty = true
  #isAfterCr = false

  constructor(
    handlers: EventStreamHandlers,
    options: EventStreamParserOptions,
    bytes: WeakMap<ReceivedEvent, Uint8Array>,
  ) {
    this.#limit = options.maxEventBytes ?? maxEventBytes
    const onEvent = (event: ReceivedEvent, ownId: string | undefined): void => {
      if (this.#block) bytes.set(event, this.#block)
      handlers.onEvent(event, ownId)
    }
    this.#parser = new EventStreamParser({ ...handlers, onEvent }, options)
  }

  push(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0;) {
      const end = this.#blockEnd(rest)
      const part = rest.subarray(0, end || rest.length)
      rest = rest.subarray(part.length)
      this.#keep(part)
      if (end > 0) this.#finish()
      this.#parser.push(part)
    }
  }

  // The index after the blank line that ends the block, or 0. An LF that comes only with the next chunk is the next block's.
  #blockEnd(bytes: Uint8Array): number {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]
      const isEnd = byte === 13 || (byte === 10 && !this.#isAfterCr)
      const isBlank = isEnd && this.#isLineEmpty
      if (isEnd || byte !== 10) this.#isLineEmpty = isEnd
      this.#isAfterCr = byte === 13
      if (!isBlank) continue
      const hasLf = byte === 13 && bytes[index + 1] === 10
      if (hasLf) this.#isAfterCr = false
      return index + (hasLf ? 2 : 1)
    }
    return 0
  }

  #keep(part: Uint8Array): void {
    const size = this.#size + part.length
    if (size <= this.#limit) {
      if (size > this.#pending.length) this.#grow(size)
      this.#pending.set(part, this.#size)
    }
    this.#size = size
  }

  // Doubled, so that a block which comes byte by byte is not copied for each of them.
  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(size, 2 * this.#pending.length))
    grown.set(this.#pending)
    this.#pending = grown
  }

  // A byte order mark is none in the middle of a body.
  #finish(): void {
    const block = this.#size <= this.#limit ? this.#pending.slice(0, this.#size) : undefined
    const hasMark = this.#isFirst && block?.[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf
    this.#block = hasMark ? block.subarray(3) : block
    this.#size = 0
    this.#isFirst = false
  }
}
