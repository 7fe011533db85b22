export { useEventStream, type EventStreamResult, type UseEventStreamOptions } from './use-event-stream.ts'
