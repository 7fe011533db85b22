import { HoldfastError } from '@holdfast/core'

/** What is published together does not fit into one message of the server: `max_payload`, 1 MiB unless configured. */
export class BatchTooLargeError extends HoldfastError {
  readonly code = 'batch-too-large'
}

/** The server is too old for a stream on several servers: after it has lost its leader, not all of them have the same log. */
export class NatsVersionError extends HoldfastError {
  readonly code = 'nats-version'
}

/** A stream of this name is there, and it is not one of Holdfast's. */
export class NatsStreamError extends HoldfastError {
  readonly code = 'nats-stream'
}
