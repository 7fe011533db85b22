export { EventSource } from './event-source/event-source.ts'
export type { EventSourceEventMap, EventSourceFetch, EventSourceFetchInit, EventSourceInit, EventSourceTarget } from './event-source/types.ts'
