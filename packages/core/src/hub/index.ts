export type {
  Broker,
  BrokerEvent,
  BrokerListener,
  BrokerSignals,
  HistoryPage,
  Position,
  StoredEvent,
} from './broker/broker.ts'
export { BrokerClosedError, HubClosedError, InvalidTopicError, TopicCountError } from './errors.ts'
export type { Gap, GapReason } from './replay/gap.ts'
export { createHub } from './hub.ts'
export { memoryBroker, type MemoryBrokerOptions } from './broker/memory-broker.ts'
export { BrokerUnavailableError } from './broker/retry.ts'
export { isHoldfastClient } from '../response/request.ts'
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
