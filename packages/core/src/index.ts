export { HoldfastError } from './errors.ts'

export { encodeEvent, formatEvent } from './wire/encode.ts'
export { EventTooLargeError, InvalidFieldError, TopicKeyCollisionError } from './wire/errors.ts'
export type { ReceivedEvent, ServerSentEvent } from './wire/event.ts'
export { type EventStreamHandlers, EventStreamParser, type EventStreamParserOptions } from './wire/parse.ts'
export { readEventStream, type ReadEventStreamOptions } from './wire/read.ts'
export { type EventStreamDecoderOptions, EventStreamDecoderStream, EventStreamEncoderStream } from './wire/streams.ts'
export { topicOf } from './wire/position.ts'

export type { CloseReason, StreamClose } from './fanout/stream-close.ts'
export { StreamClosedError } from './fanout/errors.ts'
export type { EventStream, StreamOptions, StreamSource } from './response/options.ts'
export { eventStream } from './response/event-stream.ts'
