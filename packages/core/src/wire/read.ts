import { checkArgument, checkOptions, type RulesOf } from '../check-options.ts'
import { abortSignal, amount, callback, membersOf, text } from '../option-rules.ts'
import type { ReceivedEvent } from './event.ts'
import { EventStreamParser } from './parse.ts'
import type { EventStreamDecoderOptions } from './streams.ts'

/** Options of {@link readEventStream}. */
export interface ReadEventStreamOptions extends EventStreamDecoderOptions {
  /** Aborting it cancels the source; the iteration throws the signal's reason, without the events not yet taken. */
  signal?: AbortSignal | undefined
}

const readOptions: RulesOf<ReadEventStreamOptions> = {
  lastEventId: text,
  maxEventBytes: amount,
  onRetry: callback,
  onComment: callback,
  signal: abortSignal,
}

function aSource(given: unknown): string {
  const isOne = 'body' in membersOf(given) || 'getReader' in membersOf(given)
  return isOne ? '' : 'a Response, or the ReadableStream that is its body'
}

/** What is read: a response of any fetch, or its body. */
type Source = Pick<Response, 'body' | 'bodyUsed'> | ReadableStream<Uint8Array>

/**
 * Iterate over the events of a response or a stream of bytes. Leaving the loop cancels the source.
 *
 * The source is locked at once but read only on demand, a chunk at a time, so a slow loop holds it back. Neither status nor
 * content type is looked at. What the source fails with is thrown, after the events that came before it.
 *
 * @throws {InvalidOptionError} @throws {OptionRangeError}
 * @throws {TypeError} at once, when there is no body or somebody else reads it
 * @throws {EventTooLargeError} from the iteration, when a block passes `maxEventBytes`; the source is cancelled
 */
export function readEventStream(
  source: Source,
  options: ReadEventStreamOptions = {},
): AsyncIterableIterator<ReceivedEvent> {
  checkArgument('readEventStream', 'source', source, aSource)
  checkOptions('readEventStream', options, readOptions)
  return new EventIterator(bodyOf(source).getReader(), options)
}

function bodyOf(source: Source): ReadableStream<Uint8Array> {
  // By shape, since a response may come from a fetch that is not the global one.
  const body = 'getReader' in source ? source : source.body
  if (body === null) throw new TypeError('Cannot read the event stream: the response has no body')
  if (body.locked || ('bodyUsed' in source && source.bodyUsed)) {
    throw new TypeError('Cannot read the event stream: its body is being read already, or was')
  }
  return body
}

// Not an async generator: one that waits for a chunk cannot be returned from until the chunk comes.
class EventIterator implements AsyncIterableIterator<ReceivedEvent> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #parser: EventStreamParser
  readonly #signal: AbortSignal | undefined
  #events: ReceivedEvent[] = []
  #taken = 0
  #reading: Promise<void> | undefined
  #failure: { error: unknown } | undefined
  #closed = false

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, options: ReadEventStreamOptions) {
    const onEvent = (event: ReceivedEvent): unknown => this.#events.push(event)
    this.#reader = reader
    this.#parser = new EventStreamParser({ onEvent, onRetry: options.onRetry, onComment: options.onComment }, options)
    this.#signal = options.signal
    if (this.#signal?.aborted) this.#abort()
    else this.#signal?.addEventListener('abort', this.#abort)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<ReceivedEvent>> {
    const event = this.#take()
    return event === undefined ? this.#wait() : Promise.resolve({ value: event, done: false })
  }

  async return(): Promise<IteratorResult<ReceivedEvent>> {
    this.#events = []
    this.#failure = undefined
    await this.#close()
    return { value: undefined, done: true }
  }

  #take(): ReceivedEvent | undefined {
    if (this.#taken < this.#events.length) return this.#events[this.#taken++]
    this.#taken = this.#events.length = 0
    return undefined
  }

  // Calls of `next` that overlap wait for the same chunk and go on in their order.
  async #wait(): Promise<IteratorResult<ReceivedEvent>> {
    let event: ReceivedEvent | undefined
    while ((event = this.#take()) === undefined && !this.#closed) {
      await (this.#reading ??= this.#read())
    }
    if (event !== undefined) return { value: event, done: false }
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
    return { value: undefined, done: true }
  }

  // Never rejects: what failed is thrown after the events that came before it.
  async #read(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read()
      if (this.#closed) return
      if (!done) return this.#parser.push(value)
      this.#parser.end()
      await this.#close()
    } catch (error) {
      if (!this.#closed) this.#fail(error)
    } finally {
      this.#reading = undefined
    }
  }

  readonly #abort = (): void => {
    this.#events = []
    this.#fail((this.#signal as AbortSignal).reason)
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    // The source's own answer to being cancelled is of no interest beside the failure.
    this.#close(error).catch(() => {})
  }

  async #close(reason?: unknown): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#abort)
    // Cancelling also ends a read that waits. Of a stream that has ended it does nothing.
    try {
      await this.#reader.cancel(reason)
    } finally {
      this.#reader.releaseLock()
    }
  }
}
