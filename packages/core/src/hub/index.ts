export type {
  Broker,
  BrokerEvent,
  BrokerListener,
  BrokerSignals,
  HistoryPage,
  Position,
  StoredEvent,
} from './broker.ts'
export { BrokerClosedError, HubClosedError, InvalidTopicError, TopicCountError } from './errors.ts'
export type { Gap, GapReason } from './gap.ts'
export { createHub } from './hub.ts'
export { memoryBroker, type MemoryBrokerOptions } from './memory-broker.ts'
export { BrokerUnavailableError } from './patience.ts'
export { isHoldfastClient } from '../stream/request.ts'
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
