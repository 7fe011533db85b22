import { HoldfastError } from '../errors.ts'

/** A field of {@link ServerSentEvent} that cannot be written as it is. Nothing was written. */
export class InvalidFieldError extends HoldfastError {
  readonly code = 'invalid-field'
  /** Which field was refused. */
  readonly field: 'event' | 'data' | 'id' | 'retry' | 'comment'

  constructor(field: InvalidFieldError['field'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.field = field
  }
}

/** An event block grew past the parser's `maxEventBytes`. The parser is closed: every later `push` throws this again. */
export class EventTooLargeError extends HoldfastError {
  readonly code = 'event-too-large'
  /** The limit that was passed, in bytes. */
  readonly limit: number

  constructor(limit: number) {
    super(`Cannot parse the event stream: an event is larger than "${limit}" bytes`)
    this.limit = limit
  }
}
