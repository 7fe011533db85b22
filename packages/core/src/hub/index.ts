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
  InvalidTopicError,
  RunSupersededError,
  TopicCountError,
} from './errors.ts'
export { EventTooLargeError, InvalidFieldError, TopicKeyCollisionError } from '../wire/errors.ts'
export type { Gap } from './replay/gap.ts'
export { createHub } from './hub.ts'
export { runKey } from './run/slots.ts'
export { memoryBroker, type MemoryBrokerOptions } from './broker/memory-broker.ts'
export type {
  Hub,
  GapReason,
  HubEvent,
  HubOptions,
  HubPage,
  HubPublication,
  HubStats,
  Published,
  ReadOptions,
  RespondOptions,
  RunContext,
  RunOptions,
  RunResult,
  RunSource,
  Start,
  StreamInfo,
  TopicStatus,
} from './types.ts'
