export {
  type Broker,
  type BrokerEvent,
  type BrokerListener,
  type BrokerSignals,
  gapAfter,
  type HistoryPage,
  type Position,
  type StoredEvent,
} from './broker/broker.ts'
export {
  BrokerClosedError,
  BrokerUnavailableError,
  HubClosedError,
  HubScopeError,
  InvalidTopicError,
  RunSupersededError,
  TopicCountError,
  TopicsFullError,
} from './errors.ts'
export { InvalidOptionError, OptionRangeError } from '../invalid-option.ts'
export { EventTooLargeError, InvalidFieldError, TopicKeyCollisionError } from '../wire/errors.ts'
export type { BrokerStats } from './meters/health.ts'
export type { GapReason } from './gap-reason.ts'
export type { Gap } from './replay/gap.ts'
export { createHub } from './hub.ts'
export { runKey } from './run/slots.ts'
export { memoryBroker, type MemoryBrokerOptions } from './broker/memory-broker.ts'
export type {
  Hub,
  HubEvent,
  HubOptions,
  HubPage,
  HubPublication,
  Published,
  ReadOptions,
  RespondOptions,
  RunContext,
  RunOptions,
  RunResult,
  RunSource,
  Start,
  TopicStatus,
} from './types.ts'
export type { DelayHistogram, HubStats } from './stats.ts'
export type { StreamInfo, Trace, TraceMessages } from './trace.ts'
