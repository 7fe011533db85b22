import { HoldfastError } from '../errors.ts'

/** A topic that cannot be used. */
export class InvalidTopicError extends HoldfastError {
  readonly code = 'invalid-topic'
}

/** A subscription to no topic, or to more than the 32 that one event ID can hold. */
export class TopicCountError extends HoldfastError {
  readonly code = 'topic-count'
}

/** Too many topics, or sets of topics, are subscribed to at this hub for one more that is new. */
export class TopicsFullError extends HoldfastError {
  readonly code = 'topics-full'

  /** @param maxBytes - what they may take together */
  constructor(maxBytes: number) {
    super(`Cannot subscribe: the topics of this hub take ${maxBytes} bytes already`)
  }
}

/** The hub was closed. */
export class HubClosedError extends HoldfastError {
  readonly code = 'hub-closed'

  constructor() {
    super('Cannot use the hub: it was closed')
  }
}

/** A producer that was taken for dead is not: another process has gone on in its place, or the topic was ended. */
export class RunSupersededError extends HoldfastError {
  readonly code = 'run-superseded'
  /** How the topic was ended; undefined where another process went on. */
  readonly end: 'done' | 'failed' | undefined

  constructor(end?: 'done' | 'failed') {
    super('Cannot go on producing: the run was taken over or ended by another process')
    this.end = end
  }
}

/** A hub was made where it cannot live: outside of any request of a Worker, or in another one. */
export class HubScopeError extends HoldfastError {
  readonly code = 'hub-scope'

  constructor(options?: ErrorOptions) {
    super(
      'Cannot share a hub between the requests of a Worker: streams and timers belong to one of them. ' +
        'Use durableObjectHub of @holdfast/adapters/cloudflare, or create the hub in a Durable Object',
      options,
    )
  }
}

/** The broker was closed. */
export class BrokerClosedError extends HoldfastError {
  readonly code = 'broker-closed'

  constructor() {
    super('Cannot use the broker: it was closed')
  }
}

/** The broker did not answer, or a hub did not catch up, in the time that a subscriber is willing to wait. */
export class BrokerUnavailableError extends HoldfastError {
  readonly code = 'broker-unavailable'
}
