import { HoldfastError } from '../errors.ts'
import type { CloseReason } from './stream-close.ts'

/** The stream is closed, so nothing can be written to it any more. */
export class StreamClosedError extends HoldfastError {
  readonly code = 'stream-closed'
  readonly reason: CloseReason

  constructor(reason: CloseReason, options?: ErrorOptions) {
    super(`Stream is closed: ${reason}`, options)
    this.reason = reason
  }
}
