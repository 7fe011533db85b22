import { HoldfastError } from '@holdfast/core'

/** Why the service itself turned a request down. */
export type RefusalCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'unknown-connection'
  | 'method-not-allowed'
  | 'invalid-topic'
  | 'topic-count'
  | 'invalid-body'
  | 'too-many-events'
  | 'body-too-large'
  | 'body-timeout'
  | 'unsupported-media-type'
  | 'too-many-streams'
  | 'auth-unavailable'

/** A request that is answered with a problem. Its message is for the client, its `cause` for the operator. */
export class Refused extends HoldfastError {
  override readonly code: RefusalCode
  readonly status: number
  readonly headers: Record<string, string>

  constructor(
    status: number,
    code: RefusalCode,
    message: string,
    headers: Record<string, string> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.headers = headers
  }
}
