export type {
  Broker,
  BrokerEvent,
  BrokerListener,
  BrokerSignals,
  HistoryPage,
  Position,
  StoredEvent,
} from './broker/broker.ts'
export {
  BrokerClosedError,
  BrokerUnavailableError,
  HubClosedError,
  InvalidTopicError,
  TopicCountError,
} from './errors.ts'
export { EventTooLargeError, InvalidFieldError } from '../wire/errors.ts'
export { TopicKeyCollisionError } from '../wire/topic-key.ts'
export type { Gap, GapReason } from './replay/gap.ts'
export { gapAfter } from './broker/gap-after.ts'
export { createHub } from './hub.ts'
export { memoryBroker, type MemoryBrokerOptions } from './broker/memory-broker.ts'
export type {
  Hub,
  HubEvent,
  HubOptions,
  HubPublication,
  HubStats,
  Published,
  RespondOptions,
  StreamInfo,
} from './types.ts'
