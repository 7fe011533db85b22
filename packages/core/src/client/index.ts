export { connect } from './connect.ts'
export { InvalidOptionError, OptionRangeError } from '../invalid-option.ts'
export { ConnectionError, type ConnectionErrorCode } from './errors.ts'
export type { ConnectionCloseReason, LossReason, MoveReason, Status } from './status.ts'
export type {
  ConnectionGap,
  ConnectOptions,
  Endpoint,
  EndpointReport,
  Endpoints,
  EndpointsFunction,
  EventConnection,
  EventsOf,
  PositionStore,
  RedundancyLevel,
  SchemaResult,
  StandardSchema,
  TopicEvent,
} from './types.ts'

export { resumingFetch } from './resuming-fetch/resuming-fetch.ts'
export type { ResumingFetchOptions } from './resuming-fetch/options.ts'

export { shared } from './shared/shared.ts'

export { EventSource } from './event-source/event-source.ts'
export type {
  EventSourceErrorEvent,
  EventSourceEventMap,
  EventSourceFetch,
  EventSourceFetchInit,
  EventSourceInit,
  EventSourceTarget,
} from './event-source/types.ts'
