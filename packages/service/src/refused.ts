import { HoldfastError } from '@holdfast/core'

/** Why the service itself turned a request down, before the hub saw it. */
export type RefusalCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'invalid-topic'
  | 'topic-count'
  | 'invalid-body'
  | 'too-many-events'
  | 'body-too-large'
  | 'body-timeout'
  | 'unsupported-media-type'

/** A request that is answered with a problem. Its message is written for the client. */
export class Refused extends HoldfastError {
  override readonly code: RefusalCode
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, code: RefusalCode, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}
