/** The parser and the encoder as web streams. */
import { checkOptions, type RulesOf } from '../check-options.ts'
import { amount, callback, text } from '../option-rules.ts'
import { encodeEvent } from './encode.ts'
import type { ReceivedEvent, ServerSentEvent } from './event.ts'
import { EventStreamParser, type EventStreamHandlers, type EventStreamParserOptions } from './parse.ts'

/** Options of {@link EventStreamDecoderStream}. */
export interface EventStreamDecoderOptions
  extends EventStreamParserOptions, Pick<EventStreamHandlers, 'onRetry' | 'onComment'> {}

const decoderOptions: RulesOf<EventStreamDecoderOptions> = {
  lastEventId: text,
  maxEventBytes: amount,
  onRetry: callback,
  onComment: callback,
}

/**
 * Bytes to events, for `pipeThrough`. An unfinished block at the end is discarded.
 *
 * Errors with {@link EventTooLargeError} when a block passes `maxEventBytes`, and with what a callback throws.
 *
 * @throws {InvalidOptionError} @throws {OptionRangeError}
 */
export class EventStreamDecoderStream extends TransformStream<Uint8Array, ReceivedEvent> {
  constructor(options: EventStreamDecoderOptions = {}) {
    checkOptions('EventStreamDecoderStream', options, decoderOptions)
    let parser: EventStreamParser
    super({
      start(controller) {
        const onEvent = (event: ReceivedEvent): void => controller.enqueue(event)
        parser = new EventStreamParser({ onEvent, onRetry: options.onRetry, onComment: options.onComment }, options)
      },
      transform: (chunk) => parser.push(chunk),
      flush: () => parser.end(),
    })
  }
}

/** Events to bytes, for `pipeThrough`, one chunk each. Errors with {@link InvalidFieldError} at an event that cannot be written. */
export class EventStreamEncoderStream extends TransformStream<ServerSentEvent, Uint8Array> {
  constructor() {
    super({ transform: (event, controller) => controller.enqueue(encodeEvent(event)) })
  }
}
