export { HoldfastError } from './errors.ts'

export { encodeEvent, formatEvent } from './wire/encode.ts'
export { EventTooLargeError, InvalidFieldError } from './wire/errors.ts'
export type { ReceivedEvent, ServerSentEvent } from './wire/event.ts'
export { TopicKeyCollisionError, topicOf } from './wire/topic-key.ts'
