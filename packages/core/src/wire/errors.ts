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

/** The bytes of one event that a parser keeps, unless it is told otherwise: what is larger is not written either. */
export const maxEventBytes = 16_777_216

/**
 * An event is larger than a limit. Thrown by what writes one, before anything is written, and by a parser, which is closed
 * then: every later `push` throws this again.
 */
export class EventTooLargeError extends HoldfastError {
  readonly code = 'event-too-large'
  /** The limit that was passed, in bytes. */
  readonly limit: number

  constructor(limit: number) {
    super(`Cannot take an event of more than "${limit}" bytes`)
    this.limit = limit
  }
}

/** Two topics of one subscription have the same key, so their positions could not be told apart. Rename one. */
export class TopicKeyCollisionError extends HoldfastError {
  readonly code = 'topic-key-collision'
  /** The two topics. */
  readonly topics: readonly [string, string]

  constructor(first: string, second: string) {
    super(`Cannot subscribe to "${first}" and "${second}" together: their keys are the same`)
    this.topics = [first, second]
  }
}
